"""The headers of the two consoles, and the second row of links on support's pages about one tenant."""

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from app.web.consoles.console import Console, NavItem
from app.web.i18n import gettext

SIGN_ON = "/admin/"
DOMAINS = "/admin/domains"
ACTIVITY = "/admin/activity"


def admin_nav(current: str) -> list[NavItem]:
    """For a tenant's admins. `current` is the URL of the page."""
    pages = [(gettext("Single sign-on"), SIGN_ON), (gettext("Domains"), DOMAINS), (gettext("Activity"), ACTIVITY)]
    return [NavItem(label, url, url == current) for label, url in pages]


def support_nav(console: Console, current: str) -> list[NavItem]:
    """`current` is the URL of the page's section."""
    sections = [
        (gettext("Tenants"), "/support/"),
        (gettext("References"), "/support/references"),
        (gettext("Held logins"), "/support/held"),
        (gettext("Throttled"), "/support/throttled"),
    ]
    if console.has(Role.OPERATOR):
        sections += [(gettext("Staff"), "/support/staff"), (gettext("Audit log"), "/support/audit")]
    return [NavItem(label, url, url == current) for label, url in sections]


def tenant_nav(tenant: Tenant, current: str = "") -> list[NavItem]:
    """`current` is the page's name in its URL, `accounts`; empty for the overview. See support/_tenant.html."""
    home = tenant_url(tenant.slug)
    pages = [
        (gettext("Overview"), ""),
        (gettext("SSO only"), "switch"),
        (gettext("Accounts"), "accounts"),
        (gettext("Sessions"), "sessions"),
        (gettext("Domains"), "domains"),
        (gettext("Security"), "security"),
        (gettext("Activity"), "activity"),
    ]
    return [NavItem(label, f"{home}/{name}" if name else home, name == current) for label, name in pages]


def tenant_url(slug: str, *parts: str) -> str:
    """The URL of a page about one tenant: `tenant_url("acme", "switch")`."""
    return "/".join([f"/support/tenants/{slug}", *parts])
