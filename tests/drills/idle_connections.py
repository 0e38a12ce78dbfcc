"""10,000 connections that never send a byte, straight at the bridge, while people sign in."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.drills.stage.row import Row
from tests.drills.stage.slow_clients import LASTS_S, closed, idle_sockets
from tests.drills.stage.stage import stage

PROMISE = "Logins go on; 99 of 100 take less than a second; nobody is refused"
CONNECTIONS = 10_000
FILES_LEFT = 512
PROMISED_S = 1.0


def run() -> Row:
    with stage() as here, every_file_allowed() as most:
        findings, count = here.findings, min(CONNECTIONS, most - FILES_LEFT)
        with here.load() as load, idle_sockets(here, count, lambda _: b"") as sockets:
            open_at_once = count - closed(sockets)
            load.run_for(LASTS_S)
            findings.say(
                f"{open_at_once} connections open at once, {closed(sockets)} hung up on in the end; "
                f"p99 of logins {load.p99_s():.2f} s."
            )
        findings.hold(that=not load.refused, otherwise=f"{load.refused} answers of 503")
        findings.hold(that=not load.unconnected, otherwise=f"{load.unconnected} connections failed")
        findings.hold(that=load.p99_s() < PROMISED_S, otherwise=f"p99 of logins {load.p99_s():.2f} s")
        return here.row(load, promise=PROMISE)


@contextmanager
def every_file_allowed() -> Iterator[int]:
    """As many as the system lets this process have. Returns how many."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        yield most
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
