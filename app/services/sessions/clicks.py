"""Clicks that were answered at once and are written a moment later, many together (docs/decisions/0042)."""

from concurrent.futures import ThreadPoolExecutor
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
        self._failed: Exception | None = None

    def note(self, session: SessionSummary, *, now: float) -> bool:
        """Never waits. False: this one has to be written before it is answered.

        Too many wait; or its session is about to end, and what is asked next must find it written. Raises what stopped
        an earlier write.
        """
        if session.expires_at - now < NEAR_ITS_END_S:
            return False
        with self._lock:
            failed, self._failed = self._failed, None
            if failed is not None:
                raise failed
            if not self._waiting:
                self._since = now
                self._thread.submit(self._write)
            if len(self._waiting) < WAITING_AT_MOST:
                self._waiting.add(session.id)
                return True
            return session.id in self._waiting

    def close(self) -> None:
        """Returns when all are written."""
        self._closing.set()
        self._thread.shutdown()

    def _write(self) -> None:
        """All with the time of the first: a session may end a moment early, never late."""
        self._closing.wait(AFTER_S)
        with self._lock:
            sessions, at = self._waiting, self._since
            self._waiting = set()
        try:
            with self._database.write_once() as work:
                work.sessions.seen(sessions, at=at)
        except StoreUnavailable:
            pass  # they stay valid all the same, and their next click is due as well
        except Exception as error:  # noqa: BLE001 - whoever clicks next reports it
            self._failed = error
