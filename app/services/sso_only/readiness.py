"""Whether a tenant can be switched to `sso_only` without locking anyone out, and who would get in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, ascii_lower
from app.domain.accounts.held import HeldDecision
from app.domain.connections.connection import Connection
from app.domain.sso_only.readiness import (
    SAME_LOGIN_S,
    Group,
    Sorting,
    Standing,
    Summary,
    active,
    admin_role,
    members,
    proven_since,
    tally,
)
from app.domain.sso_only.readiness_issues import Facts, ReadinessIssue, warnings
from app.domain.sso_only.readiness_issues import blockers as blockers_of
from app.domain.sso_only.readiness_report import LastSso, PasswordUse, Readiness, admins_of, last_sso_of
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.tenants.named import tenant_named

TRACES_MOST = 20_000
"""How many of a tenant's newest traces are read: more of them would not lead to a better decision."""


def blockers(work: Work, tenant: Tenant, policy: LoginPolicy, *, now: float) -> tuple[ReadinessIssue, ...]:
    """The blockers for switching to `policy`: empty if passwords stay accepted, or if it is safe.

    The switch itself performs no other check.
    """
    return () if policy.takes_passwords else blockers_of(_facts(work, tenant, now=now))


@dataclass(frozen=True, slots=True)
class ReadinessService:
    """Read-only. The number of queries does not depend on how many accounts or other tenants there are."""

    database: Database
    clock: Clock

    def of(self, slug: str) -> Readiness:
        """Raises NotFound."""
        now = self.clock.now()
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            facts = _facts(work, tenant, now=now)
            standings = work.readiness.standings(tenant.id)
            counted = tally(Sorting.of(tenant, facts.connections, standings, now=now), standings)
            logins = work.readiness.password_logins(tenant.id, since=proven_since(now), most=TRACES_MOST)
            apps = work.authorizations.count_live_by_method(tenant.id, now=now)
            return Readiness(
                tenant=tenant,
                at=now,
                connections=active(facts.connections),
                last_sso=_last_sso(work, tenant, standings),
                tally=counted,
                admins=admins_of(facts),
                password=PasswordUse(
                    people=counted.password_people,
                    without_sso=counted.password_only,
                    logins=logins.count,
                    at_least=not logins.complete,
                    sessions=work.sessions.count_live(tenant.id, now=now, method=Method.PASSWORD),
                    apps=apps[Method.PASSWORD],
                ),
                sso_sessions=work.sessions.count_live(tenant.id, now=now, method=Method.SSO),
                sso_apps=apps[Method.SSO],
                blockers=blockers_of(facts),
                warnings=warnings(facts, counted, held=len(work.held.of_tenant(tenant.id, decision=HeldDecision.OPEN))),
            )

    def accounts(self, slug: str, group: Group, *, most: int, after: str = "") -> Sequence[Account]:
        """At most `most` people of a group, by username, starting after the username `after`. Raises NotFound."""
        now = self.clock.now()
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            connections = work.connections.of_tenant(tenant.id)
            standings = work.readiness.standings(tenant.id)
            sorting = Sorting.of(tenant, connections, standings, now=now)
            wanted = members(sorting, standings, group, most=most, after=ascii_lower(after))
            return work.readiness.people(tenant.id, wanted) if wanted else ()

    def summaries(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Summary]:
        """One for each tenant, including those without accounts, by one query."""
        if not tenants:
            return {}
        with self.database.read() as work:
            found = work.readiness.summaries(tenants, since=proven_since(self.clock.now()))
        return {tenant_id: found.get(tenant_id, Summary()) for tenant_id in tenants}


def _facts(work: Work, tenant: Tenant, *, now: float) -> Facts:
    connections: Sequence[Connection] = work.connections.of_tenant(tenant.id)
    return Facts(tenant, connections, work.readiness.admins(tenant.id, admin_role(tenant)), now)


def _last_sso(work: Work, tenant: Tenant, standings: Sequence[Standing]) -> LastSso | None:
    """A trace names nobody: the person is the account that was recorded with it."""
    trace = work.readiness.last_sso(tenant.id, most=TRACES_MOST)
    latest = max(standings, key=lambda one: one.last_sso_at or 0.0, default=None)
    if trace is None or latest is None or latest.last_sso_at is None:
        return last_sso_of(trace, None)
    own = abs(latest.last_sso_at - trace.at) <= SAME_LOGIN_S
    person = work.accounts.get(tenant.id, latest.id) if own else None
    return last_sso_of(trace, person.username if person else None)
