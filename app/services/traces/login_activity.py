"""A tenant's logins: a page of them, all of them for an export, counted for a chart, and at a glance."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.accounts.account import Account
from app.domain.tenants.tenant import TenantId
from app.domain.traces.activity import QUARTER_S, LoginCount, LoginFilter, ProviderRecord, quarter_of
from app.domain.traces.trace import Trace
from app.ports.repositories import Database, Work
from app.ports.system import Clock

PAGE = 50
EXPORT_PAGE = 1000
UNSUCCESSFUL_MOST = 1000
"""More failures than this are not counted for a list of tenants: the page then says that there are more."""
COUNTED_AFTER_S = 900
"""An attempt may take 15 minutes with the choice of an account; until then it can still replace its own trace."""
UNCOUNTED_MOST_S = 7200
"""How far back a page counts by itself what the worker has not counted yet."""
QUARTERS_AT_ONCE = 24
"""How many one transaction counts, so that nobody waits long for it."""
COUNTS_KEPT_S = 32 * 86_400
"""The longest chart is of 30 days, and begins with a whole one."""


@dataclass(frozen=True, slots=True)
class Login:
    """`account` is whose it was, as far as known."""

    trace: Trace
    account: Account | None


@dataclass(frozen=True, slots=True)
class LoginPage:
    """`next_before` is where the next page begins, None on the last one; `connections` are names to choose from."""

    logins: Sequence[Login]
    connections: Sequence[str]
    next_before: tuple[float, str] | None


@dataclass(frozen=True, slots=True)
class Counts:
    """`missing_since` is set if the worker is far behind: some logins since then are not counted."""

    counts: Sequence[LoginCount]
    missing_since: float | None = None


@dataclass(frozen=True, slots=True)
class LoginsAtAGlance:
    """`unsuccessful` logins since a time, counted up to UNSUCCESSFUL_MOST, and a record for each active connection."""

    unsuccessful: int = 0
    providers: Sequence[ProviderRecord] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class LoginActivityService:
    """Read-only but for `count`, which the worker runs. Nothing is counted while people log in."""

    database: Database
    clock: Clock

    def page(self, tenant_id: TenantId, wanted: LoginFilter, *, before: tuple[float, str] | None = None) -> LoginPage:
        with self.database.read() as work:
            found = work.login_activity.page(tenant_id, wanted, most=PAGE + 1, before=before)
            logins = _with_accounts(work, tenant_id, found[:PAGE])
            connections = [connection.name for connection in work.connections.of_tenant(tenant_id)]
        last = found[PAGE - 1] if len(found) > PAGE else None
        return LoginPage(logins, connections, next_before=(last.at, last.reference) if last else None)

    def all(self, tenant_id: TenantId, wanted: LoginFilter) -> Iterator[Login]:
        """Newest first, page by page, in constant memory; logins that come later are not among them."""
        before = (self.clock.now(), "")
        while True:
            with self.database.read() as work:
                found = work.login_activity.page(tenant_id, wanted, most=EXPORT_PAGE, before=before)
                logins = _with_accounts(work, tenant_id, found)
            yield from logins
            if len(found) < EXPORT_PAGE:
                return
            before = (found[-1].at, found[-1].reference)

    def person(self, tenant_id: TenantId, username: str) -> Account | None:
        """The account whose logins are asked for."""
        with self.database.read() as work:
            return work.accounts.by_username(tenant_id, username)

    def counts(self, tenant_id: TenantId | None, *, since: float) -> Counts:
        """Of a tenant, or of all of them together."""
        now = self.clock.now()
        begins_at, earliest = quarter_of(since), quarter_of(now - UNCOUNTED_MOST_S)
        with self.database.read() as work:
            until = work.login_activity.counted_until()
            if until is None:
                return Counts(())
            counts = list(work.login_activity.counts(tenant_id, since=begins_at, until=until))
            for quarter in range(max(until, earliest, begins_at), quarter_of(now) + 1, QUARTER_S):
                counts += work.login_activity.not_yet_counted(tenant_id, begins_at=quarter)
        return Counts(counts, missing_since=until if until < earliest else None)

    def at_a_glance(self, tenants: Collection[TenantId], *, since: float) -> Mapping[TenantId, LoginsAtAGlance]:
        """One for each, by two queries for all. `since` is when the reader's day began."""
        if not tenants:
            return {}
        with self.database.read() as work:
            unsuccessful = work.login_activity.unsuccessful(tenants, since=since, most=UNSUCCESSFUL_MOST)
            providers = work.login_activity.provider_records(tenants)
        return {
            tenant_id: LoginsAtAGlance(unsuccessful.get(tenant_id, 0), tuple(providers.get(tenant_id, ())))
            for tenant_id in tenants
        }

    def count(self) -> None:
        """Count the logins that can no longer change."""
        until = quarter_of(self.clock.now() - COUNTED_AFTER_S)
        while True:
            with self.database.write(maintenance=True) as work:
                if not work.login_activity.count(until=until, quarters=QUARTERS_AT_ONCE):
                    break

    def forget_some(self, most: int) -> int:
        before = quarter_of(self.clock.now() - COUNTS_KEPT_S)
        with self.database.write(maintenance=True) as work:
            return work.login_activity.forget_counts(before=before, most=most)


def _with_accounts(work: Work, tenant_id: TenantId, traces: Sequence[Trace]) -> list[Login]:
    wanted = {(tenant_id, trace.account_id) for trace in traces if trace.account_id is not None}
    accounts = work.accounts.these(wanted) if wanted else {}
    return [Login(trace, accounts.get((tenant_id, trace.account_id)) if trace.account_id else None) for trace in traces]
