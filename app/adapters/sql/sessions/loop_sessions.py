"""Sessions asked for on the event loop, by one connection that belongs to it (docs/decisions/0035)."""

import asyncio
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable
from typing import Protocol, cast

from app.adapters.sql.database.driver import Driver
from app.adapters.sql.database.engine import SqlEngine
from app.adapters.sql.statements import storable
from app.domain.errors import StoreUnavailable
from app.domain.sessions.session import SessionId, SessionSummary
from app.ports.loop_sessions import NotOnLoop

AGAIN_S = 1.0
"""How long after a failure, or after an attempt that failed, the next connection is opened."""


class Way(Protocol):
    """One connection, until something is wrong with it."""

    closed: bool

    async def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None: ...
    def close(self) -> None: ...


class SqlLoopSessions:
    """The port `LoopSessions`. Opens its connection in a thread; until there is one, a thread has to ask."""

    def __init__(self, engine: SqlEngine) -> None:
        self._engine = engine
        self._way_over = _way_over(engine)
        self._way: Way | None = None
        self._opening: Future[Driver] | None = None
        self._not_before = 0.0
        self._closed = False

    async def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None:
        way = self._way
        if way is None or way.closed:
            self._open_soon(asyncio.get_running_loop())
            raise NotOnLoop
        return await way.summary(session_id, now=now) if storable(session_id) else None

    def close(self) -> None:
        self._closed = True
        if self._way is not None:
            self._way.close()

    def _open_soon(self, loop: AbstractEventLoop) -> None:
        if self._opening is not None or self._closed or loop.time() < self._not_before:
            return
        self._not_before = loop.time() + AGAIN_S
        self._opening = loop.run_in_executor(None, self._engine.open_outside_pool)
        self._opening.add_done_callback(self._use)

    def _use(self, opening: Future[Driver]) -> None:
        self._opening = None
        if opening.cancelled() or isinstance(opening.exception(), StoreUnavailable):
            return  # whoever asks in a thread meanwhile is told
        driver = opening.result()
        if self._closed:
            driver.close()
            return
        try:
            self._way = self._way_over(driver)
        except self._engine.driver_error:  # lost already
            driver.close()


def _way_over(engine: SqlEngine) -> Callable[[Driver], Way]:
    """How a connection to this database is asked. The other one's driver is not imported."""
    if engine.dialect == "sqlite":
        from app.adapters.sql.database.sqlite import FileConnection  # noqa: PLC0415 - see above
        from app.adapters.sql.sessions.reader import Reader  # noqa: PLC0415

        return lambda driver: Reader(cast("FileConnection", driver))
    from app.adapters.sql.database.postgres import BoundedConnection  # noqa: PLC0415 - see above
    from app.adapters.sql.sessions.questions import Questions  # noqa: PLC0415

    return lambda driver: Questions(engine, cast("BoundedConnection", driver))
