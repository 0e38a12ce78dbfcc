"""Pages about one tenant, which stand in both consoles: its own admins' and the vendor's."""

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Response

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.tenants.tenant import Tenant
from app.services.staff.tenant_directory import TenantDirectory
from app.web.consoles.console import Console, NavItem
from app.web.consoles.console_pages import ConsolePages, View
from app.web.consoles.nav import admin_nav, support_nav, tenant_nav, tenant_url

_SUPPORT = "/support/tenants/<slug>"
_ADMIN = "/admin"


@dataclass(frozen=True, slots=True)
class TenantConsole:
    """The tenant that the URL names, for staff; for a tenant's admins their own, which no URL can change."""

    console: Console
    tenants: TenantDirectory

    @property
    def name(self) -> str:
        """Distinguishes the blueprints of the two consoles."""
        return "support" if self.console.staff else "admin"

    @property
    def may_set_up(self) -> bool:
        """Whether this person may change connections. Support without the operator's role looks, and tests."""
        return not self.console.staff or self.console.has(Role.OPERATOR)

    @property
    def may_decide(self) -> bool:
        """Whether anything here has lasting effects: not for whoever has a set-up link."""
        return True

    def rule(self, rule: str) -> str:
        """The route of a rule like `/people/<account_id>`."""
        return f"{_SUPPORT if self.console.staff else _ADMIN}{rule}"

    def tenant(self, slug: str) -> Tenant:
        """`slug` is from the URL; empty in the admins' console. Raises NotFound."""
        return self.tenants.one(slug) if self.console.staff else self.console.user().signed_in.tenant

    def url(self, tenant: Tenant, *parts: str) -> str:
        """The URL of a page: `url(tenant, "people", account.id)`."""
        return tenant_url(tenant.slug, *parts) if self.console.staff else "/".join([_ADMIN, *parts])

    def page(
        self,
        template: str,
        tenant: Tenant,
        tab: str,
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
        **context: object,
    ) -> Response:
        """A page whose template extends `tenant_console.html`. `tab` is the page's name in its URL, `people`."""
        return self.console.page(
            template,
            self._nav(tab),
            status=status,
            form_targets=form_targets,
            customer=tenant,
            tabs=tenant_nav(tenant, tab) if self.console.staff else [],
            staff=self.console.staff,
            **context,
        )

    def _nav(self, tab: str) -> list[NavItem]:
        return support_nav(self.console, "/support/") if self.console.staff else admin_nav(tab)


class TenantPages(ConsolePages):
    """Routes about one tenant. Rules begin after the tenant (`/people`), and each view gets the tenant first.

    In the admins' console only a tenant admin is let in, in support's those with one of `staff_roles`.
    """

    def __init__(
        self,
        name: str,
        place: TenantConsole,
        *,
        staff_roles: Collection[Role] = STAFF_ROLES,
        hidden: bool = False,
    ) -> None:
        roles = staff_roles if place.console.staff else [Role.TENANT_ADMIN]
        super().__init__(f"{place.name}_{name}", place.console, roles=roles, hidden=hidden)
        self._place = place

    def page(self, rule: str, view: View, *, keep: Collection[str] = ()) -> None:
        super().page(self._place.rule(rule), self._about_tenant(view), keep=keep)

    def form(
        self, rule: str, show: View, save: View, *, keep: Collection[str] = (), too_large: View | None = None
    ) -> None:
        super().form(rule, show, save, keep=keep, too_large=self._about_tenant(too_large) if too_large else None)

    def button(self, rule: str, view: View, *, on: str, unconfirmed_because: str | None = None) -> None:
        super().button(
            self._place.rule(rule),
            self._about_tenant(view),
            on=self._place.rule(on),
            unconfirmed_because=unconfirmed_because,
        )

    def _about_tenant(self, view: View) -> View:
        @functools.wraps(view)
        def about_tenant(slug: str = "", **arguments: str) -> Response:
            return view(self._place.tenant(slug), **arguments)

        return about_tenant
