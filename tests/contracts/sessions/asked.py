"""Asks for a session in all ways, which must agree."""

import asyncio

from app.adapters.sql.sessions.loop_sessions import SqlLoopSessions
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.sessions.session import SessionId, SessionSummary, SignedIn
from tests.event_loop import in_a_loop


def live(database: SqlDatabase, session_id: SessionId, *, now: float) -> SignedIn | None:
    """The live session, after a look whether apps are told the same."""
    with database.read() as work:
        found = work.sessions.live(session_id, now=now)
        summary = _summary(found) if found else None
        assert work.sessions.summary(session_id, now=now) == summary
    assert in_a_loop(asked_on_the_loop(database, session_id, now=now)) == summary
    return found


async def asked_on_the_loop(database: SqlDatabase, session_id: SessionId, *, now: float) -> SessionSummary | None:
    """As the server asks on its event loop."""
    sessions = SqlLoopSessions(database.engine)
    await opened(sessions)
    try:
        return await sessions.summary(session_id, now=now)
    finally:
        sessions.close()


async def opened(sessions: SqlLoopSessions) -> None:
    """Opens its connection unless it is open, and waits for it. Raises StoreUnavailable."""
    if sessions._way is None or sessions._way.closed:
        sessions._open_soon(asyncio.get_running_loop())
    if sessions._opening is not None:
        await sessions._opening


def _summary(found: SignedIn) -> SessionSummary:
    session, account = found.session, found.account
    return SessionSummary(
        id=session.id,
        reference=session.reference,
        method=session.method,
        auth_time=session.auth_time,
        last_seen_at=session.last_seen_at,
        expires_at=min(session.expires_at, session.last_seen_at + session.idle_s),
        account_id=account.id,
        username=account.username,
        email=account.email,
        name=account.name,
        roles=tuple(role.value for role in account.roles),
        tenant=found.tenant.slug,
        connection=found.connection,
    )
