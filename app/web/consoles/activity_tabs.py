"""The pages of a tenant's activity, in both consoles."""

from app.domain.tenants.tenant import Tenant
from app.web.consoles.console import NavItem
from app.web.consoles.tenant_console import TenantConsole
from app.web.i18n import gettext

ACTIVITY = "activity"
LOGINS, SESSIONS, CHANGES = "", "sessions", "changes"


def activity_tabs(place: TenantConsole, tenant: Tenant, current: str) -> list[NavItem]:
    """`current` is the last part of the page's URL, empty for the logins."""
    tabs = [(gettext("Logins"), LOGINS), (gettext("Sessions"), SESSIONS), (gettext("Changes"), CHANGES)]
    return [NavItem(label, activity_url(place, tenant, part), part == current) for label, part in tabs]


def activity_url(place: TenantConsole, tenant: Tenant, *parts: str) -> str:
    """`activity_url(place, tenant, "sessions")`."""
    return place.url(tenant, ACTIVITY, *filter(None, parts))
