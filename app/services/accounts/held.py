"""Held logins: an admin sees both sides and decides. Nothing is resolved automatically."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from app.domain.accounts.identity import Identity, IdentityId
from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock, Randomness
from app.services.accounts.matching import accounts_with, accounts_with_each
from app.services.audit.audit import AuditService
from app.services.tenants.named import tenant_named

PAGE = 25
OF_TENANT_MOST = 100
"""On one page; the oldest, so that what is decided makes room for the others."""
DECIDED_S = 30 * 86_400
"""How long a decision stays in the list."""


@dataclass(frozen=True, slots=True)
class Holder:
    """An account in question. `subject` is the one that signs in to it by this connection now, if any."""

    account: Account
    subject: str | None


@dataclass(frozen=True, slots=True)
class BothSides:
    """`held` is the login that waits; `holders` are the accounts that accepting it would hand over."""

    held: HeldLogin
    tenant: Tenant
    connection: Connection
    holders: Sequence[Holder]


@dataclass(frozen=True, slots=True)
class HeldPage:
    """`next_after` is where the next page begins; None on the last page."""

    sides: Sequence[BothSides]
    next_after: tuple[float, HeldLoginId] | None


@dataclass(frozen=True, slots=True)
class HeldLoginService:
    """Lists held logins and carries out decisions, with an audit entry."""

    database: Database
    clock: Clock
    randomness: Randomness
    audit: AuditService

    def waiting(self, slug: str) -> tuple[Tenant, Sequence[HeldLogin]]:
        """The undecided ones, oldest first. Raises NotFound."""
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            return tenant, work.held.of_tenant(tenant.id, decision=HeldDecision.OPEN)

    def of_tenant(self, slug: str) -> Sequence[BothSides]:
        """The same with both sides. Raises NotFound."""
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            return _both_sides(work, work.held.of_tenant(tenant.id, decision=HeldDecision.OPEN)[:OF_TENANT_MOST])

    def everywhere(self, *, after: tuple[float, HeldLoginId] | None = None) -> HeldPage:
        """A page of the undecided ones of all tenants, oldest first, each with both sides."""
        with self.database.read() as work:
            found = work.held.waiting(most=PAGE + 1, after=after)
            shown = found[:PAGE]
            sides = _both_sides(work, shown)
        more = (shown[-1].at, shown[-1].id) if len(found) > PAGE else None
        return HeldPage(sides=sides, next_after=more)

    def one(self, held_id: HeldLoginId) -> BothSides:
        """An undecided one. Raises NotFound."""
        with self.database.read() as work:
            held = work.held.get(held_id)
            sides = _both_sides(work, [held]) if held and held.decision is HeldDecision.OPEN else ()
        if not sides:
            raise NotFound("waiting held login", held_id)
        return sides[0]

    def decided(self) -> Sequence[tuple[Tenant, HeldLogin]]:
        """Recent decisions in all tenants, latest first."""
        with self.database.read() as work:
            found = work.held.decided_since(self.clock.now() - DECIDED_S, most=PAGE)
            tenants = work.tenants.these({held.tenant_id for held in found})
        return [(tenants[held.tenant_id], held) for held in found if held.tenant_id in tenants]

    def accept(self, held_id: HeldLoginId, *, by: Actor) -> HeldLogin:
        """The subject takes over the accounts with the match value; the previous holder no longer signs in to them."""
        with self.database.write() as work:
            held = self._decide(work, held_id, HeldDecision.ACCEPTED, by=by)
            self._take_over(work, held)
        return held

    def refuse(self, held_id: HeldLoginId, *, by: Actor) -> HeldLogin:
        """It stays refused: the same subject's next login with the same value is stopped again."""
        with self.database.write() as work:
            return self._decide(work, held_id, HeldDecision.REFUSED, by=by)

    def _decide(self, work: Work, held_id: HeldLoginId, decision: HeldDecision, *, by: Actor) -> HeldLogin:
        found = work.held.get(held_id)
        if found is None:
            raise NotFound("held login", held_id)
        work.tenants.lock(found.tenant_id)
        now = self.clock.now()
        held = replace(found, decision=decision, decided_at=now, decided_by=by.name)
        if not work.held.decide(held):
            raise NotFound("waiting held login", held_id)
        self.audit.record(
            work,
            by.did(
                f"held.{decision.value}",
                held.match_value,
                tenant_id=held.tenant_id,
                at=now,
                before={"holder": held.before},
                after={"subject": held.subject, "issuer": held.issuer},
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
                self._unlink(work, other, accounts)
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
            self._unlink(work, known, known.linked)
        identity = replace(identity, match_value=held.match_value)
        identity = replace(identity, id=work.identities.save(identity, at=now))
        for account_id in accounts:
            work.identities.link(identity, account_id, at=now)

    def _unlink(self, work: Work, identity: Identity, accounts: Collection[AccountId]) -> None:
        """With its sessions, and the apps that were signed in by it, as far as anybody can tell."""
        now = self.clock.now()
        work.identities.unlink(identity.id, accounts)
        work.sessions.end_of_identity(identity.tenant_id, identity.id, at=now)
        for account_id in accounts:
            work.authorizations.end_of_account(identity.tenant_id, account_id, at=now, method=Method.SSO)


def _both_sides(work: Work, waiting: Sequence[HeldLogin]) -> Sequence[BothSides]:
    """The number of queries does not depend on how many there are."""
    tenants = work.tenants.these({held.tenant_id for held in waiting})
    connections = {one.id: one for of in work.connections.of_tenants(tenants.keys()).values() for one in of}
    shown = [(held, connections[held.connection_id]) for held in waiting if held.connection_id in connections]
    accounts = accounts_with_each(work, [(connection, held.match_value) for held, connection in shown])
    subjects = work.identities.holders(connections.keys(), [one.id for found in accounts for one in found])
    sides = []
    for (held, connection), found in zip(shown, accounts, strict=True):
        by_account = {one.id: subjects.get((connection.id, held.issuer, one.id)) for one in found}
        holders = [Holder(one, None if by_account[one.id] == held.subject else by_account[one.id]) for one in found]
        sides.append(BothSides(held=held, tenant=tenants[held.tenant_id], connection=connection, holders=holders))
    return sides
