"""Connections kept for further requests."""

import select
import ssl
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from socket import socket
from threading import Lock

from app.adapters.http.connection import Connection
from app.adapters.http.target import Target
from app.ports.outbound import ClientCertificate

_MAX_IDLE_S = 50.0
"""Firewalls and load balancers drop idle connections after a minute or more, often silently."""

Origin = tuple[str, str, int, ClientCertificate | None]


@dataclass(slots=True)
class Pool:
    """Idle connections by scheme, host, port and client certificate.

    The newest connection is used first; the oldest origin is dropped first.
    """

    monotonic: Callable[[], float]
    most: int = 256
    """More than may be in use at once (`Limits`), even if all are of one origin: a new one, with TLS, costs more than a
    login."""
    _idle: OrderedDict[Origin, list[Connection]] = field(default_factory=OrderedDict, init=False)
    _count: int = field(default=0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def take(self, target: Target) -> Connection | None:
        """A connection that still seems open; None if there is none."""
        origin = _origin(target)
        while True:
            with self._lock:
                kept = self._idle.get(origin)
                if not kept:
                    return None
                connection = kept.pop()
                self._count -= 1
                if not kept:
                    del self._idle[origin]
            young = self.monotonic() - connection.idle_since <= _MAX_IDLE_S
            if young and connection.sock is not None and not _has_news(connection.sock):
                return connection
            connection.close()

    def give(self, connection: Connection) -> None:
        """Keep a connection whose response was read completely; drop a closed one."""
        if connection.sock is None:
            return
        connection.idle_since = self.monotonic()
        surplus: Connection | None = None
        with self._lock:
            kept = self._idle.setdefault(_origin(connection.target), [])
            self._idle.move_to_end(_origin(connection.target))
            kept.append(connection)
            self._count += 1
            if self._count > self.most:
                oldest, connections = next(iter(self._idle.items()))
                surplus = connections.pop(0)
                self._count -= 1
                if not connections:
                    del self._idle[oldest]
        if surplus:
            surplus.close()

    def close(self) -> None:
        """Close everything that is idle."""
        with self._lock:
            connections = [connection for kept in self._idle.values() for connection in kept]
            self._idle.clear()
            self._count = 0
        for connection in connections:
            connection.close()


def _origin(target: Target) -> Origin:
    return (target.scheme, target.host, target.port, target.certificate)


def _has_news(sock: socket) -> bool:
    """Anything readable on an idle connection is its end or an unsolicited response: it cannot be reused."""
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
