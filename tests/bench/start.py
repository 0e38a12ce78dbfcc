"""What it costs to start: CPU of importing and building the application, of a worker, and of a few commands.

    .venv/bin/python -m tests.bench.start [--times 5]

The least of so many times counts: other work on the machine only ever adds. Nothing here is a test.
"""

import argparse
import base64
import compileall
import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = str(Path(sys.executable).parent / "sso-bridge")
COMMANDS = (["--help"], ["trace", "--help"], ["trace", "7K3Q-9MWT-2X"], ["tenant", "list"])
PORT = "8898"
TICKS = os.sysconf("SC_CLK_TCK")
IN_PROCESS = (
    ("import app.factory", "import app.factory"),
    (
        "build the app",
        "from app.factory import create_app; from app.settings import load_settings; create_app(load_settings())",
    ),
)


def cpu_s(*command: str, environment: Mapping[str, str]) -> float:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0  # it has been waited for
    return used.ru_utime + used.ru_stime


def worker_s(environment: Mapping[str, str]) -> float:
    """From its start to its first answer."""
    server = subprocess.Popen(
        [SCRIPT, "serve", "--port", PORT], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _answers():
            time.sleep(0.1)
        return max(map(_used, _children(server.pid)))
    finally:
        server.terminate()
        server.wait()


def _answers() -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", int(PORT))) as server:
            server.request("GET", "/healthz")
            return server.getresponse().status == http.client.OK
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def least(name: str, times: int, measure: Callable[[], float]) -> None:
    print(f"{name:30} {min(measure() for _ in range(times)):5.2f} s CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    compileall.compile_dir(str(ROOT / "app"), quiet=1)
    with tempfile.TemporaryDirectory(prefix="sso-bridge-start-") as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "SSO_BRIDGE_ENV": "development",
            "SSO_BRIDGE_INSTANCE_DIR": folder,
            "SSO_BRIDGE_SECRET_KEYS": base64.b64encode(b"b" * 32).decode(),
        }
        subprocess.run([SCRIPT, "db", "upgrade"], env=environment, check=True, capture_output=True)
        for name, code in IN_PROCESS:
            least(name, times, partial(cpu_s, sys.executable, "-c", code, environment=environment))
        least("a worker of `serve`", times, partial(worker_s, environment))
        for words in COMMANDS:
            least(
                " ".join(["sso-bridge", *words]),
                times,
                partial(cpu_s, SCRIPT, *words, environment=environment),
            )


if __name__ == "__main__":
    main()
