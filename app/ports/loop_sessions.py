"""Asks for live sessions on the server's event loop, where nothing may wait."""

from typing import Protocol

from app.domain.sessions.session import SessionId, SessionSummary


class NotOnLoop(Exception):
    """It has to be asked in a thread, where one may wait, and where whatever is wrong is explained."""


class LoopSessions(Protocol):
    """Belongs to one event loop. A session that has ended is ended for the next question, on every worker."""

    async def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None:
        """As `Sessions.summary` answers. Raises NotOnLoop."""

    def close(self) -> None: ...
