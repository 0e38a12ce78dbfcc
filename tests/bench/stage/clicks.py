"""Requests of people who are signed in, from a driver so lean that it keeps up with any server.

One process, `select` on all connections, a request that is made once, and of the answer no more than its status and its
length are read.
"""

import re
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg

from app.domain.sessions.session import SEEN_EVERY_S, session_id
from tests.bench.stage.browser import PATIENCE_S, Browser, Failed, connected
from tests.bench.stage.visits import SsoLogin

GOOD = b"HTTP/1.1 200 "
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
AGED = "UPDATE sessions SET last_seen_at = last_seen_at - %s WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class SessionCheck:
    """A request of somebody who is signed in. Each browser has so many people, who take turns on its connection."""

    login: SsoLogin
    url: str
    people: int = 8
    goes_on_s: float = 0.0
    """For how long the server works on after the last answer."""

    def prepare(self, browser: Browser) -> None:
        for _ in range(self.people):
            self.login(browser)
            browser.requests.append(self._request(browser))

    def _request(self, browser: Browser) -> bytes:
        parts = urlsplit(self.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {browser.cookie_header}\r\n\r\n".encode()


@dataclass(frozen=True, slots=True)
class DueCheck(SessionCheck):
    """Everybody's last click was a minute ago, so that each first request's is written, a moment after its answer.

    The database is told so before anything is measured.
    """

    database_url: str = ""
    goes_on_s: float = 1.0

    def prepare(self, browser: Browser) -> None:
        ids = []
        for _ in range(self.people):
            self.login(browser)
            ids.append(session_id(browser.cookies[self.login.cookie]))
            browser.requests.append(self._request(browser))
        with psycopg.connect(self.database_url.replace("+psycopg", "")) as connection:
            aged = connection.execute(AGED, (SEEN_EVERY_S + 1, ids)).rowcount
        if aged != self.people:
            raise Failed(f"{aged} sessions of {self.people} were found")


@dataclass(slots=True)
class _Line:
    """A connection on which one request follows the other's answer."""

    connection: socket.socket
    requests: deque[bytes]
    left: int
    began: float = 0.0
    received: bytes = b""
    seconds: list[float] = field(default_factory=list)

    def ask(self) -> None:
        self.left -= 1
        self.requests.rotate(-1)
        self.began = time.perf_counter()
        self.connection.sendall(self.requests[0])

    def answered(self) -> bool:
        """Reads what has come; whether that was the rest of an answer. Raises Failed."""
        more = self.connection.recv(65536)
        if not more:
            raise Failed("the connection was closed")
        self.received += more
        if not is_whole(self.received):
            return False
        self.seconds.append(time.perf_counter() - self.began)
        self.received = b""
        return True


def is_whole(answer: bytes) -> bool:
    """Whether all of it has come. Raises Failed if it is no 200."""
    end = answer.find(END_OF_HEAD)
    if end < 0:
        return False
    if not answer.startswith(GOOD):
        raise Failed(f"{answer[:40].decode('latin-1')} instead of 200")
    length = LENGTH.search(answer, 0, end)
    return len(answer) >= end + len(END_OF_HEAD) + (int(length[1]) if length else 0)


def clicked(check: SessionCheck, browsers: Sequence[Browser], times: int) -> list[float]:
    """`times` requests of each browser; the seconds of each. Raises Failed."""
    place = urlsplit(check.url).netloc
    lines = {}
    for browser in browsers:
        line = _Line(connected(place), deque(browser.requests), times)
        lines[line.connection.fileno()] = line
    poll = select.epoll()
    for number, line in lines.items():
        poll.register(number, select.EPOLLIN)
        line.ask()
    open_lines = len(lines)
    while open_lines:
        events = poll.poll(PATIENCE_S)
        if not events:
            raise Failed(f"no answer within {PATIENCE_S} seconds")
        for number, _ in events:
            line = lines[number]
            if line.answered():
                if line.left:
                    line.ask()
                else:
                    open_lines -= 1
    for line in lines.values():
        line.connection.close()
    poll.close()
    return [second for line in lines.values() for second in line.seconds]
