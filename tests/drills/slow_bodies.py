"""96 connections announce a body and never send it, from one address."""

from tests.drills.stage.row import Row
from tests.drills.stage.slow_clients import undisturbed
from tests.drills.stage.stage import stage

PROMISE = (
    "Logins, session checks, `/healthz` and static files are answered as before; whoever sends nothing is hung up on"
)
SOCKETS = 96
REQUEST = (
    b"POST /t/tenant-1/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=a"
)


def run() -> Row:
    with stage() as here:
        return undisturbed(here, SOCKETS, lambda _number: REQUEST, promise=PROMISE)
