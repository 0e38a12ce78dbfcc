"""`/people` of a tenant: its accounts, searched as you type and filtered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account
from app.domain.accounts.people import PeopleFilter, PeopleOrder
from app.domain.tenants.tenant import Status, Tenant
from app.ports.system import Clock
from app.services.accounts.held import HeldLoginService
from app.services.accounts.people import COUNTED_MOST, PeopleService
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import tenant_url
from app.web.consoles.people_urls import TAB, may_change, new_person_url, person_url
from app.web.consoles.sorting import DESCENDING, Heading
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, gettext
from app.web.pages import go, role_name

QUERY_MOST = 300


@dataclass(frozen=True, slots=True)
class AskedPeople:
    """What the list at `here` is searched, filtered and sorted by."""

    here: str
    query: str
    shown: Sequence[PeopleFilter]
    order: PeopleOrder
    descending: bool

    @classmethod
    def of_request(cls, here: str) -> Self:
        """What is no valid choice does not count."""
        sort, wanted = request.args.get("sort"), request.args.getlist("show")
        return cls(
            here=here,
            query=request.args.get("q", "")[:QUERY_MOST],
            shown=[one for one in PeopleFilter if one.value in wanted],
            order=PeopleOrder(sort) if sort in set(PeopleOrder) else PeopleOrder.USERNAME,
            descending=request.args.get("dir") == DESCENDING,
        )

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The query's parameters for the order, where it is not the usual one."""
        sort = [("sort", self.order.value)] if self.order is not PeopleOrder.USERNAME else []
        return [*sort, *([("dir", DESCENDING)] if self.descending else [])]

    def address(self, *, after: str = "") -> str:
        given = [("q", self.query), *(("show", one.value) for one in self.shown), *self.kept, ("after", after)]
        kept = [(name, value) for name, value in given if value]
        return f"{self.here}?{urlencode(kept)}" if kept else self.here

    def heading(self, label: str, column: str) -> Heading:
        """The newest login first; a second click turns it round."""
        by, newest_first = PeopleOrder(column), column != PeopleOrder.USERNAME
        current = by is self.order
        turned = replace(self, order=by, descending=not self.descending if current else newest_first)
        order = ("descending" if self.descending else "ascending") if current else None
        return Heading(label, turned.address(), order)


@dataclass(frozen=True, slots=True)
class PeopleViews:
    """For all staff, and for the tenant's admins."""

    people: PeopleService
    held: HeldLoginService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("people", self.place)
        pages.page("/people", self.search, keep=["q", "show", "sort", "dir", "after"])
        return pages

    def search(self, tenant: Tenant) -> Response:
        here, now = self.place.url(tenant, TAB), self.clock.now()
        asked, after = AskedPeople.of_request(here), request.args.get("after", "")[:QUERY_MOST]
        found = self.people.search(
            tenant.slug, asked.query, filters=asked.shown, order=asked.order, descending=asked.descending, after=after
        )
        return self.place.page(
            "people.html",
            tenant,
            TAB,
            here=here,
            query=asked.query,
            query_most=QUERY_MOST,
            filters=[(one.value, filter_words(one), one in asked.shown) for one in PeopleFilter],
            narrowed=bool(asked.query.strip() or asked.shown),
            sorting=asked,
            rows=[self._row(tenant, account, now=now) for account in found.accounts],
            count=found.count,
            more_than=COUNTED_MOST if found.more else None,
            later=bool(after),
            first_url=asked.address(),
            next_url=asked.address(after=found.next_after) if found.next_after is not None else None,
            waiting=len(self.held.waiting(tenant.slug)[1]),
            held_url=self.place.url(tenant, TAB, "held"),
            new_url=new_person_url(self.place, tenant) if may_change(self.place, tenant) else None,
        )

    def _row(self, tenant: Tenant, account: Account, *, now: float) -> Mapping[str, object]:
        return {
            "url": person_url(self.place, tenant, account),
            "username": account.username,
            "name": account.name,
            "email": account.email,
            "roles": [role_name(role) for role in account.roles],
            "disabled": account.status is Status.DISABLED,
            "last_login": ago(account.last_login_at, now=now),
            "last_sso": ago(account.last_sso_at, now=now),
        }


@dataclass(frozen=True, slots=True)
class FormerAddresses:
    """Where accounts stood before, for links in tickets and notes."""

    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_accounts", self.console, roles=STAFF_ROLES)
        pages.page("/support/tenants/<slug>/accounts", self.people)
        pages.page("/support/tenants/<slug>/accounts/<account_id>", self.person)
        return pages

    def people(self, slug: str) -> Response:
        return go(tenant_url(slug, TAB))

    def person(self, slug: str, account_id: str) -> Response:
        return go(tenant_url(slug, TAB, account_id))


def filter_words(one: PeopleFilter) -> str:
    return {
        PeopleFilter.NEVER_SSO: gettext("Never signed in with SSO"),
        PeopleFilter.BLOCKED: gettext("Blocked"),
        PeopleFilter.HELD: gettext("Login held"),
        PeopleFilter.DISABLED: gettext("Disabled"),
        PeopleFilter.SHARED_EMAIL: gettext("Shared email"),
    }[one]
