"""`/people` of a tenant: its accounts, searched as you type and filtered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Account
from app.domain.accounts.people import PeopleFilter
from app.domain.tenants.tenant import Status, Tenant
from app.ports.system import Clock
from app.services.accounts.held import HeldLoginService
from app.services.accounts.people import COUNTED_MOST, PeoplePage, PeopleService
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import tenant_url
from app.web.consoles.people_urls import TAB, may_change, new_person_url, person_url
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, gettext
from app.web.pages import go, role_name

QUERY_MOST = 300


@dataclass(frozen=True, slots=True)
class PeopleViews:
    """For all staff, and for the tenant's admins."""

    people: PeopleService
    held: HeldLoginService
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("people", self.place)
        pages.page("/people", self.search, keep=["q", "show", "after"])
        return pages

    def search(self, tenant: Tenant) -> Response:
        query, after = request.args.get("q", "")[:QUERY_MOST], request.args.get("after", "")[:QUERY_MOST]
        shown = [one for one in PeopleFilter if one.value in request.args.getlist("show")]
        found = self.people.search(tenant.slug, query, filters=shown, after=after)
        here, now = self.place.url(tenant, TAB), self.clock.now()
        return self.place.page(
            "people.html",
            tenant,
            TAB,
            here=here,
            query=query,
            query_most=QUERY_MOST,
            filters=[(one.value, filter_words(one), one in shown) for one in PeopleFilter],
            narrowed=bool(query.strip() or shown),
            rows=[self._row(tenant, account, now=now) for account in found.accounts],
            count=found.count,
            more_than=COUNTED_MOST if found.more else None,
            later=bool(after),
            first_url=_address(here, query, shown),
            next_url=_next(here, query, shown, found),
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


def _address(here: str, query: str, shown: Sequence[PeopleFilter], after: str = "") -> str:
    given = [("q", query), *(("show", one.value) for one in shown), ("after", after)]
    kept = [(name, value) for name, value in given if value]
    return f"{here}?{urlencode(kept)}" if kept else here


def _next(here: str, query: str, shown: Sequence[PeopleFilter], found: PeoplePage) -> str | None:
    return None if found.next_after is None else _address(here, query, shown, found.next_after)
