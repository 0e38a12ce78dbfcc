"""`sso-bridge serve`: the production server, in the foreground."""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from app.cli.server_worker import METRICS_FOLDER, METRICS_PREFIX, STOP_S, load_app

HEADER_BYTES = 64 * 1024
HEADER_READ_MS = 10_000
"""For the headers of a request, and between two requests on a connection."""
CONNECTIONS = 16_384
"""Per worker. An idle one costs some kilobytes; when all are in use, new ones wait."""
FILES_LEFT = 1_024
"""For everything but visitors' connections: databases, providers, logs."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Number of worker processes; use one per core.",
)
def serve(*, host: str, port: int, workers: int) -> None:
    """Run the server in the foreground until SIGTERM or Ctrl-C. Does not run migrations."""
    _check(host, port, workers)
    # A fork would share locks and open files.
    multiprocessing.set_start_method("spawn", force=True)
    with shared_metrics(workers):
        _server(host, port, workers).serve(target_loader=load_app, wrap_loader=False)


def _check(host: str, port: int, workers: int) -> None:
    """In a process of its own: what it imports would stay in this one's memory, which only watches its workers."""
    # -P: never a module `app` in the current folder.
    command = [sys.executable, "-P", "-m", "app.cli.serve_checks", host, str(port), str(workers)]
    checked = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - ourselves
    click.echo(checked.stderr, nl=False, err=True)
    click.echo(checked.stdout, nl=False)
    if checked.returncode:
        sys.exit(checked.returncode)


def _server(host: str, port: int, workers: int) -> Any:  # noqa: ANN401 - granian's class depends on the interpreter
    return Server(
        "app.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        backpressure=_connections(),
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_READ_MS, max_buffer_size=HEADER_BYTES),
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
    )


def _connections() -> int:
    """As many as open files allow: after a failed accept, granian never accepts again."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most == resource.RLIM_INFINITY:
        return CONNECTIONS
    return min(CONNECTIONS, max(most - FILES_LEFT, most // 2))


@contextmanager
def shared_metrics(workers: int) -> Iterator[None]:
    """Several workers count into files of one folder; otherwise each would report only its own numbers at /metrics."""
    environment = os.environ  # noqa: TID251 - the workers inherit it; prometheus-client reads nothing else
    if workers == 1 or METRICS_FOLDER in environment:
        yield
        return
    with tempfile.TemporaryDirectory(prefix=METRICS_PREFIX) as folder:
        environment[METRICS_FOLDER] = folder
        yield
