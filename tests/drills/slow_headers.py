"""400 connections begin a request and never end its headers."""

from tests.drills.stage.row import Row
from tests.drills.stage.slow_clients import undisturbed
from tests.drills.stage.stage import stage

PROMISE = "Logins, session checks, `/healthz` and static files are answered as before; half a request is hung up on"
SOCKETS = 400


def run() -> Row:
    half = b"GET /t/tenant-1/login HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    with stage() as here:
        return undisturbed(here, SOCKETS, lambda number: half + str(number).encode(), promise=PROMISE)
