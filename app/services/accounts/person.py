"""One account's page: everything that answers why its owner cannot sign in."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.held import HeldDecision, HeldLogin
from app.domain.accounts.identity import LinkedIdentity
from app.domain.accounts.sign_in_check import (
    SignInFacts,
    SsoRoute,
    Verdict,
    compared_value_of,
    concerns,
    match_value_of,
    sso_obstacle,
    verdict,
)
from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound, StoreUnavailable
from app.domain.sso_only.readiness import active
from app.domain.tenants.tenant import Status, Tenant
from app.domain.traces.activity import LoginFilter
from app.domain.traces.trace import Trace
from app.ports.repositories import Database, Work
from app.services.accounts.account_admin import AccountAdmin, AccountAtAGlance
from app.services.accounts.account_changes import last_admin
from app.services.accounts.matching import accounts_with
from app.services.throttling.throttled import Throttled, ThrottledService

LOGINS = 10


@dataclass(frozen=True, slots=True)
class Person:
    """`blocks` is None if the counters cannot be read; `logins` are the newest, successful or not."""

    glance: AccountAtAGlance
    verdict: Verdict
    facts: SignInFacts
    identities: Sequence[LinkedIdentity]
    connections: Sequence[Connection]
    blocks: Sequence[Throttled] | None
    logins: Sequence[Trace]
    only_admin: bool

    @property
    def held(self) -> HeldLogin | None:
        return next((route.held for route in self.facts.routes if route.held), None)


@dataclass(frozen=True, slots=True)
class PersonService:
    """By the tenant's slug first. Raises NotFound."""

    database: Database
    account_admin: AccountAdmin
    throttled: ThrottledService

    def one(self, slug: str, account_id: AccountId) -> Person:
        glance = self.account_admin.one(slug, account_id)
        tenant, account = glance.tenant, glance.account
        blocks = self._blocks(tenant, account)
        with self.database.read() as work:
            connections = work.connections.of_tenant(tenant.id)
            identities = work.identities.of_account(tenant.id, account.id)
            logins = work.login_activity.page(tenant.id, LoginFilter(account_id=account.id), most=LOGINS)
            routes = _routes(work, tenant, account, active(connections))
            only_admin = last_admin(work, account)
        until = [one.until for one in blocks or () if one.stops_logins]
        facts = SignInFacts(
            tenant=tenant,
            account=account,
            has_password=glance.has_password,
            routes=routes,
            blocked_until=max(until, default=None),
            last_failed=bool(logins) and logins[0].reason is not None,
            signed_in=bool(glance.sessions),
        )
        return Person(
            glance=glance,
            verdict=verdict(facts),
            facts=facts,
            identities=identities,
            connections=connections,
            blocks=blocks,
            logins=logins,
            only_admin=only_admin,
        )

    def identity(self, slug: str, account_id: AccountId, identity_id: str) -> tuple[Person, LinkedIdentity]:
        """One that opens this account."""
        person = self.one(slug, account_id)
        for linked in person.identities:
            if linked.identity.id == identity_id:
                return person, linked
        raise NotFound("identity", identity_id)

    def release(self, person: Person, *, by: Actor) -> None:
        """Reset what stops this person's passwords and codes, each with an audit entry."""
        tenant = person.glance.tenant
        for key in sorted({one.key for one in person.blocks or () if one.stops_logins}):
            with suppress(NotFound):  # it has ended in the meantime
                self.throttled.release(
                    key, by=by, may=lambda one: one.tenant is not None and one.tenant.id == tenant.id
                )

    def _blocks(self, tenant: Tenant, account: Account) -> Sequence[Throttled] | None:
        try:
            return self.throttled.of_account(tenant, account)
        except StoreUnavailable as error:
            if error.store == "database":
                raise
            return None


def _routes(work: Work, tenant: Tenant, account: Account, connections: Sequence[Connection]) -> list[SsoRoute]:
    waiting = work.held.of_tenant(tenant.id, decision=HeldDecision.OPEN)
    holders = work.identities.holders([one.id for one in connections], [account.id])
    subjects = {connection_id: subject for (connection_id, _, _), subject in holders.items()}
    routes = []
    for connection in connections:
        by, subject = connection.provider.match_by, subjects.get(connection.id)
        compared = compared_value_of(account, by)
        with_value = accounts_with(work, connection, compared) if compared else ()
        route = SsoRoute(
            connection=connection,
            value=match_value_of(account, by),
            obstacle=sso_obstacle(tenant, account, by),
            others=[one for one in with_value if one.id != account.id and one.status is Status.ACTIVE],
            subject=subject,
            held=next((held for held in waiting if concerns(held, account, connection, subject)), None),
        )
        routes.append(route)
    return routes
