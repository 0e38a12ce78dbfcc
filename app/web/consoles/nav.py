"""The navigation of the two consoles. What stands in which is a table here: a page is a line of it."""

from collections.abc import Collection
from typing import NamedTuple

from app.domain.accounts.account import STAFF_ROLES, Role
from app.domain.tenants.tenant import Tenant
from app.web.consoles.console import Console, NavItem
from app.web.i18n import gettext

SIGN_ON = "/admin/"
SEARCH = "/support/search"
ADMINS = (Role.TENANT_ADMIN,)
BOTH = (*STAFF_ROLES, *ADMINS)


class TenantPage(NamedTuple):
    """A page about one tenant. `name` is its place in the URL, empty for the first page of a console."""

    name: str
    label: str
    roles: Collection[Role]


def tenant_pages() -> list[TenantPage]:
    """In their order. Support's tabs about a tenant and the navigation of its own admins are both made of it."""
    return [
        TenantPage("", gettext("Overview"), STAFF_ROLES),
        TenantPage("", gettext("Single sign-on"), ADMINS),
        TenantPage("sso", gettext("Connections"), BOTH),
        TenantPage("readiness", gettext("SSO only"), BOTH),
        TenantPage("people", gettext("People"), BOTH),
        TenantPage("apps", gettext("Apps"), BOTH),
        TenantPage("setup-links", gettext("Set-up links"), BOTH),
        TenantPage("domains", gettext("Domains"), BOTH),
        TenantPage("security", gettext("Security"), STAFF_ROLES),
        TenantPage("notices", gettext("Notices"), BOTH),
        TenantPage("logo", gettext("Logo"), BOTH),
        TenantPage("activity", gettext("Activity"), BOTH),
    ]


def admin_nav(current: str) -> list[NavItem]:
    """For a tenant's admins. `current` is the page's name in its URL, `activity`; empty for the first page."""
    return [
        NavItem(page.label, f"{SIGN_ON}{page.name}", page.name == current)
        for page in tenant_pages()
        if Role.TENANT_ADMIN in page.roles
    ]


def support_nav(console: Console, current: str) -> list[NavItem]:
    """`current` is the URL of the page's section."""
    sections = [
        (gettext("Tenants"), "/support/"),
        (gettext("Activity"), "/support/activity"),
        (gettext("References"), "/support/references"),
        (gettext("Held logins"), "/support/held"),
        (gettext("Throttled"), "/support/throttled"),
        (gettext("Apps"), "/support/apps"),
    ]
    if console.has(Role.OPERATOR):
        sections += [(gettext("Staff"), "/support/staff"), (gettext("Audit log"), "/support/audit")]
    return [NavItem(label, url, url == current) for label, url in sections]


def tenant_nav(tenant: Tenant, current: str = "") -> list[NavItem]:
    """Support's tabs on a tenant's pages. `current` as in `admin_nav`."""
    return [
        NavItem(page.label, tenant_url(tenant.slug, *filter(None, [page.name])), page.name == current)
        for page in tenant_pages()
        if set(STAFF_ROLES) & set(page.roles)
    ]


def tenant_url(slug: str, *parts: str) -> str:
    """The URL of a page about one tenant: `tenant_url("acme", "switch")`."""
    return "/".join([f"/support/tenants/{slug}", *parts])
