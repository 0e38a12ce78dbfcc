"""Clicks that were answered at once and are written a moment later, many together (docs/decisions/0042)."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Lock

from app.domain.errors import StoreUnavailable
from app.domain.sessions.session import SessionId, SessionSummary
from app.ports.repositories import Database

AFTER_S = 0.25
"""How long the first of them waits for others."""
NEAR_ITS_END_S = 30.0
"""Far longer than a write takes until it is done or given up."""
WAITING_AT_MOST = 10_000


class Clicks:
    """Belongs to one process, which closes it at its end. Any thread may call it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, "clicks")
        self._lock = Lock()
        self._closing = Event()
        self._waiting: set[SessionId] = set()
        self._since = 0.0
        self._written: Future[None] | None = None

    def note(self, session: SessionSummary, *, now: float) -> bool:
        """Never waits. False: this one has to be written before it is answered. Raises what stopped an earlier write.

        So must the click of a session that is about to end: what is asked next must find it written.
        """
        if session.expires_at - now < NEAR_ITS_END_S:
            return False
        with self._lock:
            if not self._waiting:
                self._start(now)
            if len(self._waiting) < WAITING_AT_MOST:
                self._waiting.add(session.id)
                return True
            return session.id in self._waiting

    def close(self) -> None:
        """Returns when all are written."""
        self._closing.set()
        self._thread.shutdown()

    def _start(self, now: float) -> None:
        before, self._written = self._written, self._thread.submit(self._write)
        self._since = now
        if before is not None and before.done():
            before.result()

    def _write(self) -> None:
        """All with the time of the first: a session may end a moment early, never late."""
        self._closing.wait(AFTER_S)
        with self._lock:
            sessions, at = self._waiting, self._since
            self._waiting = set()
        # If nothing can be written, they stay valid all the same, and their next click is due as well.
        with suppress(StoreUnavailable), self._database.write_once() as work:
            work.sessions.seen(sessions, at=at)
