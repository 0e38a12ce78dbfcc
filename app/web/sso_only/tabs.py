"""The pages on the way to SSO only, beside one another: is the tenant ready, a trial run, the switch."""

from app.domain.tenants.tenant import Tenant
from app.web.consoles.console import NavItem
from app.web.consoles.tenant_console import TenantConsole
from app.web.i18n import gettext

READINESS = "readiness"
TRIAL = "trial"
SWITCH = "switch"
TAB = READINESS
"""Of the navigation: all of them are one entry there."""


def switch_tabs(place: TenantConsole, tenant: Tenant, current: str) -> list[NavItem]:
    pages = [
        (gettext("Readiness"), READINESS),
        (gettext("Trial run"), TRIAL),
        (gettext("Switch"), SWITCH),
    ]
    return [NavItem(label, place.url(tenant, name), name == current) for label, name in pages]
