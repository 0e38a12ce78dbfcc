"""Connections that wait for their next use. They are opened when needed and kept; the last one used is used next."""

from collections.abc import Callable
from threading import Semaphore
from typing import Generic, Protocol, TypeVar

from app.domain.errors import StoreUnavailable


class Pooled(Protocol):
    """What the pool asks of a connection. None of it waits for a server."""

    def usable(self) -> bool:
        """Whether it may be used again, after it has been idle."""

    def clean(self) -> bool:
        """Whether it is as it was taken: open, without a transaction, without an answer that nobody has read."""

    def close(self) -> None: ...


C = TypeVar("C", bound=Pooled)


class Pool(Generic[C]):
    """At most `most`, each kept after its first use: opening one costs the database more than a login."""

    def __init__(
        self, connect: Callable[[], C], *, most: int, wait_s: float, problem: str = StoreUnavailable.AWAY
    ) -> None:
        self._connect = connect
        self._wait_s = wait_s
        self._problem = problem
        self._room = Semaphore(most)
        self._waiting: list[C] = []

    def take(self) -> C:
        """Raises StoreUnavailable if none comes free in time, and what `connect` raises."""
        if not self._room.acquire(timeout=self._wait_s):
            raise StoreUnavailable("database", self._problem)
        try:
            return self._idle_one() or self._connect()
        except BaseException:
            self._room.release()
            raise

    def give(self, connection: C) -> None:
        """Back from use. Whatever state it is in, nobody else sees it."""
        try:
            if connection.clean():
                self._waiting.append(connection)
            else:
                connection.close()
        finally:
            self._room.release()

    def _idle_one(self) -> C | None:
        while self._waiting:
            try:
                connection = self._waiting.pop()
            except IndexError:  # another thread was faster
                break
            usable = False
            try:
                usable = connection.usable()
            finally:
                if not usable:
                    connection.close()
            if usable:
                return connection
        return None

    def close(self) -> None:
        """Those that wait. The next use opens new ones."""
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.close()
