"""Held logins: an admin looks at both sides and says who it is. Nothing here resolves itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.audit import COMMAND_LINE, AuditEntry
from app.domain.errors import NotFound
from app.domain.held import Decision, HeldLogin, HeldLoginId
from app.domain.identity import Identity, IdentityId
from app.domain.tenant import Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.accounts import accounts_with
from app.services.audit import AuditService


@dataclass(frozen=True, slots=True)
class HeldLoginService:
    """Lists them and carries a decision out, with an audit entry."""

    database: Database
    clock: Clock
    randomness: Randomness
    audit: AuditService

    def waiting(self, slug: str) -> tuple[Tenant, Sequence[HeldLogin]]:
        """Those that nobody has decided yet, oldest first. Raises NotFound."""
        with self.database.read() as work:
            tenant = work.tenants.by_slug(slug)
            if tenant is None:
                raise NotFound("tenant", slug)
            return tenant, work.held.of_tenant(tenant.id, decision=Decision.OPEN)

    def accept(self, held_id: HeldLoginId, *, actor: str, address: str = COMMAND_LINE, reason: str) -> HeldLogin:
        """The subject takes the accounts that have the match value; whoever held them signs in to them no longer."""
        with self.database.write() as work:
            held = self._decide(work, held_id, Decision.ACCEPTED, actor=actor, address=address, reason=reason)
            self._take_over(work, held)
        return held

    def refuse(self, held_id: HeldLoginId, *, actor: str, address: str = COMMAND_LINE, reason: str) -> HeldLogin:
        """It stays refused: the next login of the same subject with the same value stops again."""
        with self.database.write() as work:
            return self._decide(work, held_id, Decision.REFUSED, actor=actor, address=address, reason=reason)

    def _decide(
        self, work: Work, held_id: HeldLoginId, decision: Decision, *, actor: str, address: str, reason: str
    ) -> HeldLogin:
        found = work.held.get(held_id)
        if found is None:
            raise NotFound("held login", held_id)
        work.tenants.lock(found.tenant_id)
        now = self.clock.now()
        held = replace(found, decision=decision, decided_at=now, decided_by=actor)
        if not work.held.decide(held):
            raise NotFound("waiting held login", held_id)
        self.audit.record(
            work,
            AuditEntry(
                tenant_id=held.tenant_id,
                at=now,
                actor=actor,
                address=address,
                action=f"held.{decision.value}",
                subject=held.match_value,
                before={"holder": held.before},
                after={"subject": held.subject, "issuer": held.issuer},
                reason=reason,
            ),
        )
        return held

    def _take_over(self, work: Work, held: HeldLogin) -> None:
        connection = work.connections.get(held.tenant_id, held.connection_id)
        if connection is None:
            raise NotFound("connection", held.connection_id)
        now = self.clock.now()
        accounts = [account.id for account in accounts_with(work, connection, held.match_value)]
        holders = work.identities.held_by_others(held.connection_id, accounts, issuer=held.issuer, subject=held.subject)
        for subject in set(holders.values()):
            other = work.identities.find(held.connection_id, issuer=held.issuer, subject=subject)
            if other is not None:
                work.identities.unlink(other.id, accounts)
                work.sessions.end_of_identity(held.tenant_id, other.id, at=now)
        known = work.identities.find(held.connection_id, issuer=held.issuer, subject=held.subject)
        identity = known or Identity(
            id=IdentityId(self.randomness.short_id()),
            tenant_id=held.tenant_id,
            connection_id=held.connection_id,
            issuer=held.issuer,
            subject=held.subject,
            match_value=held.match_value,
        )
        if known is not None:
            work.identities.unlink(known.id, known.linked)
            work.sessions.end_of_identity(held.tenant_id, known.id, at=now)
        identity = replace(identity, match_value=held.match_value)
        identity = replace(identity, id=work.identities.save(identity, at=now))
        for account_id in accounts:
            work.identities.link(identity, account_id, at=now)
