"""What the drills about slow clients share: sockets that are open and say nothing more, beside people who sign in."""

import selectors
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.drills.stage.browser import NO_CONNECTION
from tests.drills.stage.row import Row
from tests.drills.stage.stage import Stage
from tests.services.process import LOOPBACK

LASTS_S = 10.0
HUNG_UP_S = 60.0
SLOWEST_S = 3.0
"""Of a whole login of six requests, on two cores that the drill itself shares."""


def undisturbed(here: Stage, count: int, first: Callable[[int], bytes], *, promise: str) -> Row:
    """While people sign in, `count` connections are opened; each says `first(number)` and then no more."""
    findings = here.findings
    with here.load() as load, idle_sockets(here, count, first) as sockets:
        load.run_for(LASTS_S)
        for path in ("/healthz", "/readyz", "/static/site.css"):
            status = status_of(here, path)
            findings.hold(that=status == "200", otherwise=f"`{path}` answered {status}")
        gone = load.until(lambda: closed(sockets) == count, within_s=HUNG_UP_S)
        open_still = count - closed(sockets)
    findings.say(f"{count - open_still} of {count} were hung up on; the slowest login took {load.slowest_s:.1f} s.")
    findings.hold(that=gone, otherwise=f"{open_still} are still open after a minute")
    findings.hold(that=not load.refused, otherwise=f"{load.refused} answers of 503")
    findings.hold(that=not load.unconnected, otherwise=f"{load.unconnected} connections failed")
    findings.hold(that=load.slowest_s < SLOWEST_S, otherwise=f"a login took {load.slowest_s:.1f} s")
    return here.row(load, promise=promise)


@contextmanager
def idle_sockets(here: Stage, count: int, first: Callable[[int], bytes]) -> Iterator[Sequence[socket.socket]]:
    with ExitStack() as until:
        sockets = []
        for number in range(count):
            one = until.enter_context(socket.create_connection((LOOPBACK, here.server.port), timeout=10))
            one.sendall(first(number))
            sockets.append(one)
        yield sockets


def status_of(here: Stage, path: str) -> str:
    try:
        return str(here.browser().ask(path).status)
    except NO_CONNECTION as error:
        return type(error).__name__


def closed(sockets: Sequence[socket.socket]) -> int:
    """How many the server has answered or closed."""
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
        return len(selector.select(0))
