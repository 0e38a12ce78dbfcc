"""Idle connections straight at the bridge, while people sign in.

    .venv/bin/python -m tests.drills.idle_connections PORT

`run` holds `idle` connections that never send a byte at a server that runs, opens again what the server closes, and
measures pages meanwhile. On 127.0.0.1 only, for `rounds` pages.
"""

import http.client
import resource
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress

LOOPBACK = "127.0.0.1"
FILES_LEFT = 512
PROMISED_S = 1.0


def page(port: int, path: str = "/") -> None:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path} answered {answer.status}")


def run(port: int, *, act: Callable[[], None] | None = None, idle: int = 10_000, rounds: int = 200) -> bool:
    """`act` is what a person does (a login); a page where there is none. Prints what happened; True: as promised."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    held = [_opened(port) for _ in range(min(idle, most - FILES_LEFT))]
    took: list[float] = []
    try:
        for number in range(rounds):
            began = time.monotonic()
            (act or (lambda: page(port)))()
            took.append(time.monotonic() - began)
            _renew(held, port, number * len(held) // rounds, len(held) // rounds + 1)
    finally:
        for connection in held:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    worst = sorted(took)[int(len(took) * 0.99) - 1]
    print(f"{len(held)} idle connections: {len(took)} answers, p99 {worst * 1000:.0f} ms, promised {PROMISED_S:.0f} s")
    return worst < PROMISED_S


def _opened(port: int) -> socket.socket:
    return socket.create_connection((LOOPBACK, port), timeout=30)


def _renew(held: list[socket.socket], port: int, first: int, many: int) -> None:
    """Those that the server has closed since."""
    for number in range(first, min(first + many, len(held))):
        held[number].settimeout(0.0)
        with suppress(BlockingIOError):
            held[number].recv(1)
            held[number].close()
            held[number] = _opened(port)


if __name__ == "__main__":
    sys.exit(0 if run(int(sys.argv[1])) else 1)
