"""`/support/search`: one box for a reference, a person or a tenant."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.tenants.tenant import Status
from app.ports.system import Clock
from app.services.staff.caller_search import CallerSearch, Found, FoundPerson
from app.web.consoles.console import Console
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import SEARCH, support_nav, tenant_url
from app.web.i18n import ago
from app.web.pages import go
from app.web.traces.references import reference_url

QUERY_MOST = 300


@dataclass(frozen=True, slots=True)
class SearchViews:
    """Read-only, for all staff; operators also find their colleagues."""

    search: CallerSearch
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("support_search", self.console, roles=STAFF_ROLES)
        pages.page(SEARCH, self.find, keep=["q"])
        return pages

    def find(self) -> Response:
        query = request.args.get("q", "")[:QUERY_MOST].strip()
        found = self.search.find(query, staff_too=self.console.has(Role.OPERATOR))
        if found.count == 1 and not found.more:
            return go(_only(found))
        now = self.clock.now()
        return self.console.page(
            "support/search.html",
            support_nav(self.console, SEARCH),
            status=404 if query and not found.count else 200,
            query=query,
            search_typed=query,
            more=found.more,
            tenants=[
                {"tenant": tenant, "url": tenant_url(tenant.slug), "disabled": tenant.status is Status.DISABLED}
                for tenant in found.tenants
            ],
            people=[_person(one, now=now) for one in found.people],
        )


def _only(found: Found) -> str:
    """The page of the only answer."""
    if found.reference is not None:
        return reference_url(found.reference.reference)
    if found.people:
        return _person_url(found.people[0])
    return tenant_url(found.tenants[0].slug)


def _person(one: FoundPerson, *, now: float) -> Mapping[str, object]:
    return {
        "account": one.account,
        "tenant": one.tenant,
        "url": _person_url(one),
        "tenant_url": tenant_url(one.tenant.slug),
        "disabled": one.account.status is Status.DISABLED,
        "last_login": ago(one.account.last_login_at, now=now),
    }


def _person_url(one: FoundPerson) -> str:
    return tenant_url(one.tenant.slug, "people", one.account.id)
