"""Resolves names without waiting longer than a request may take."""

import socket
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Protocol

_NEW_LOOKUP_AFTER_S = 5.0

SocketAddress = tuple[str, int] | tuple[str, int, int, int]


class Resolver(Protocol):
    """Finds the addresses of a host, best first.

    Raises TimeoutError, OSError (`socket.gaierror`) or UnicodeError (not a host name).
    """

    def __call__(self, host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        """Resolve it within `timeout` seconds."""


def system_lookup(host: str, port: int) -> list[SocketAddress]:
    """The system's answer, which also accepts decimal, octal and hexadecimal IPv4 addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [(str(address[0]), *address[1:]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class _Running:
    since: float
    answer: "Future[list[SocketAddress]]"


@dataclass(slots=True)
class PatientResolver:
    """Runs the system's resolver in its own threads: `getaddrinfo` takes no deadline and may need 30 seconds.

    Concurrent requests for a host share one lookup: a dead name server costs a thread per name, not per login. A lookup
    that hangs for 5 s is abandoned and started again.
    """

    monotonic: Callable[[], float]
    lookup: Callable[[str, int], list[SocketAddress]] = system_lookup
    _running: dict[tuple[str, int], _Running] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __call__(self, host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        return self._join((host, port)).result(timeout)

    def _join(self, key: tuple[str, int]) -> "Future[list[SocketAddress]]":
        with self._lock:
            now = self.monotonic()
            running = self._running.get(key)
            if running is None or now - running.since > _NEW_LOOKUP_AFTER_S:
                running = self._running[key] = _Running(now, Future())
                Thread(target=self._look_up, args=(key, running), name="resolver", daemon=True).start()
            return running.answer

    def _look_up(self, key: tuple[str, int], running: _Running) -> None:
        try:
            answer = self.lookup(*key)
        except Exception as error:  # noqa: BLE001  # it is raised again in the waiting thread
            self._done(key, running)
            running.answer.set_exception(error)
        else:
            self._done(key, running)
            running.answer.set_result(answer)

    def _done(self, key: tuple[str, int], running: _Running) -> None:
        with self._lock:
            if self._running.get(key) is running:
                del self._running[key]
