"""Looks for accounts among a tenant's many."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.account_draft import AccountDraft
from app.domain.accounts.held import HeldDecision
from app.domain.accounts.people import STORED, PeopleFilter, PeopleOrder, PeopleQuery, Place
from app.domain.accounts.search_text import search_parts
from app.domain.connections.connection import MatchBy
from app.domain.errors import NotFound
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Database, Work
from app.services.accounts.matching import accounts_with_each
from app.services.tenants.named import tenant_named
from app.services.throttling.throttled import ThrottledService
from app.services.traces.traces import TraceService

PAGE = 50
COUNTED_MOST = 1000
"""Further ones are not counted: nobody reads that far."""


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """`count` is None on later pages; with `more`, there are more than that. `next_after` is None on the last page."""

    tenant: Tenant
    accounts: Sequence[Account]
    count: int | None
    more: bool
    next_after: str | None


@dataclass(frozen=True, slots=True)
class PeopleService:
    """Read-only. A page costs the same whatever other tenants there are. Raises NotFound."""

    database: Database
    throttled: ThrottledService
    traces: TraceService

    def search(
        self,
        slug: str,
        text: str,
        *,
        filters: Collection[PeopleFilter] = (),
        order: PeopleOrder = PeopleOrder.USERNAME,
        descending: bool = False,
        after: str = "",
    ) -> PeoplePage:
        """Accounts with every part of `text` in their names, that pass every filter. `after`: see `next_after`."""
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
            only = self._only(work, tenant, filters)
            query = PeopleQuery(search_parts(text), STORED & set(filters), only, order, descending)
            most = PAGE + 1 if after else COUNTED_MOST + 1
            found = work.people.find(tenant.id, query, most=most, after=_place(after, order))
            shown = found[:PAGE]
            accounts = work.accounts.these([(tenant.id, one) for one in shown])
        rows = [accounts[tenant.id, one] for one in shown if (tenant.id, one) in accounts]
        return PeoplePage(
            tenant=tenant,
            accounts=rows,
            count=None if after else min(len(found), COUNTED_MOST),
            more=len(found) > COUNTED_MOST,
            next_after=_next_after(rows[-1], order) if len(found) > PAGE and rows else None,
        )

    def draft_for(self, slug: str, reference: str) -> AccountDraft:
        """What is known of somebody whose login found no account: what the provider sent, and nothing invented.

        Raises NotFound if this reference is not such a login of the tenant.
        """
        trace = self.traces.get(reference)
        with self.database.read() as work:
            tenant = tenant_named(work, slug)
        if trace.tenant_id != tenant.id or trace.reason is not ReasonCode.NO_ACCOUNT:
            raise NotFound("login without an account", reference)
        sought = self.traces.sought(trace) or ""
        by = trace.details.get("match_by")
        return AccountDraft(
            username=sought if by == MatchBy.USERNAME else "",
            email=sought or None if by == MatchBy.EMAIL else None,
            external_id=sought or None if by == MatchBy.EXTERNAL_ID else None,
        )

    def _only(self, work: Work, tenant: Tenant, filters: Collection[PeopleFilter]) -> Collection[AccountId] | None:
        """Whom the filters leave that are not stored with the accounts; None without any."""
        found: list[set[AccountId]] = []
        if PeopleFilter.HELD in filters:
            found.append(_held(work, tenant))
        if PeopleFilter.BLOCKED in filters:
            found.append(self._blocked(work, tenant))
        return set.intersection(*found) if found else None

    def _blocked(self, work: Work, tenant: Tenant) -> set[AccountId]:
        blocked = self.throttled.of_tenant(tenant)
        names = [one.username for one in blocked if one.username and one.stops_logins]
        named = work.accounts.by_usernames(tenant.id, names)
        return {account.id for account in named.values()}


def _held(work: Work, tenant: Tenant) -> set[AccountId]:
    """The accounts that a held login would open."""
    connections = {one.id: one for one in work.connections.of_tenant(tenant.id)}
    waiting = work.held.of_tenant(tenant.id, decision=HeldDecision.OPEN)
    wanted = [(connections[one.connection_id], one.match_value) for one in waiting if one.connection_id in connections]
    return {account.id for found in accounts_with_each(work, wanted) for account in found}


def _next_after(last: Account, order: PeopleOrder) -> str:
    """The username; in a list by logins `1764547200.25 bob`."""
    if order is PeopleOrder.USERNAME:
        return last.username
    at = last.last_login_at if order is PeopleOrder.LAST_LOGIN else last.last_sso_at
    return f"{at or 0.0!r} {last.username}"


def _place(after: str, order: PeopleOrder) -> Place | None:
    """What is no place is the beginning."""
    if not after or order is PeopleOrder.USERNAME:
        return Place(after) if after else None
    at, _, username = after.partition(" ")
    try:
        return Place(username, float(at))
    except ValueError:
        return None
