"""A worker process of `sso-bridge serve`. It starts with only this module, and imports the rest itself."""

import multiprocessing
import os
import shutil
import signal
import sys
import threading
import warnings
from pathlib import Path

from app.cli.loading import load

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METRICS_PREFIX = "sso-bridge-metrics-"
_UNWANTED = (
    "rich",  # structlog would print tracebacks in colour
    "greenlet",  # structlog would ask it which greenlet is running
    "dotenv",  # Flask's and granian's commands would read files of settings
    "charset_normalizer",  # requests would guess the charset of a text, but bytes are all that is read of a response
)
"""Imported by libraries wherever they are installed, and never used by a worker: 9 MB, and a twentieth of its start."""
SERVING = "Serving"
"""How `serve` starts its output, as soon as its port is known to be free."""
STOP_S = 20
"""How long running requests may continue after the signal: longer than any exchange with a provider."""


def load_app() -> object:
    """What the server calls, from the installed package: never a module `app` in the current folder."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    for module in _UNWANTED:
        sys.modules[module] = None  # type: ignore[assignment]  # so Python says "no such module"
    # requests says that it has nothing to guess a charset with.
    warnings.filterwarnings("ignore", "Unable to find acceptable character detection")
    wsgi = load("app.wsgi")
    from app.wiring.front import front  # noqa: PLC0415 - after the application, which has loaded most of it

    return front(wsgi.app, wsgi.bridge)


def end_with_parent() -> None:
    """If the main process is killed, nothing else would stop its workers, and they would go on serving.

    Nor would anything remove the folder of their metrics, if `shared_metrics` created it.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    folder = Path(os.environ.get(METRICS_FOLDER, ""))  # noqa: TID251 - as in `shared_metrics`
    if folder.name.startswith(METRICS_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
    # More than once: between setting its handlers and running its loop, the server loses a signal.
    for _ in range(STOP_S):
        os.kill(os.getpid(), signal.SIGTERM)
        threading.main_thread().join(1)
    os._exit(1)
