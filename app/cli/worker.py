"""`sso-bridge worker`: background work, in the foreground until stopped."""

import signal
import threading
from types import FrameType

import click
import structlog

from app.adapters.logs import configure_logs
from app.cli.bridge import open_migrated_bridge


@click.command()
@click.option("--once", is_flag=True, help="Run the jobs that are due now, then exit.")
def worker(*, once: bool) -> None:
    """Send email, carry out planned switches and clean up, until SIGTERM or Ctrl-C. Logins work without it."""
    bridge = open_migrated_bridge()
    configure_logs(development=bridge.settings.development)
    log = structlog.get_logger("worker")
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    def report(job: str, error: Exception | None) -> None:
        if error is not None:
            log.error("job_failed", job=job, exc_info=error)

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    if not once:
        click.echo("Worker running. Press Ctrl-C to stop.")
    while not stop.is_set():
        wait_s = bridge.jobs.run_due(report)
        if once and not bridge.jobs.unfinished:
            return
        stop.wait(wait_s)
