"""A person's own live sessions, which they can end (ASVS 5.0, 7.5.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.audit.audit import Actor, named
from app.domain.errors import NotFound
from app.domain.sessions.session import SessionId, SignedIn
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService

SESSIONS_ENDED = "sessions.ended"


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """Of the account that is signed in, by its own live session. The present one is ended by signing out."""

    database: Database
    audit: AuditService
    clock: Clock

    def all(self, signed_in: SignedIn) -> Sequence[SignedIn]:
        """The most recently used first."""
        session = signed_in.session
        with self.database.read() as work:
            return work.sessions.of_account(session.tenant_id, session.account_id, now=self.clock.now())

    def end(self, signed_in: SignedIn, session_id: SessionId, *, client_ip: str) -> None:
        """Another one. Raises NotFound, also for somebody else's."""
        own, now = signed_in.session, self.clock.now()
        with self.database.write() as work:
            found = work.sessions.of_account(own.tenant_id, own.account_id, now=now)
            if session_id == own.id or session_id not in {one.session.id for one in found}:
                raise NotFound("session", session_id)
            work.sessions.end(session_id, at=now)
            self._record(work, signed_in, 1, client_ip=client_ip)

    def end_others(self, signed_in: SignedIn, *, client_ip: str) -> int:
        """All but the present one. Returns how many there were; if there were none, nothing is recorded."""
        own, now = signed_in.session, self.clock.now()
        with self.database.write() as work:
            others = len(work.sessions.of_account(own.tenant_id, own.account_id, now=now)) - 1
            if others > 0:
                work.sessions.end_of_account(own.tenant_id, own.account_id, at=now, but=own.id)
                self._record(work, signed_in, others, client_ip=client_ip)
        return max(0, others)

    def _record(self, work: Work, signed_in: SignedIn, ended: int, *, client_ip: str) -> None:
        name = named(signed_in.tenant, signed_in.account)
        tenant_id, now = signed_in.tenant.id, self.clock.now()
        entry = Actor(name, client_ip).did(SESSIONS_ENDED, name, tenant_id=tenant_id, at=now, after={"ended": ended})
        self.audit.record(work, entry)
