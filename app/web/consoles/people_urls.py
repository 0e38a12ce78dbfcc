"""Where a tenant's people stand, in both consoles."""

from app.domain.accounts.account import Account, Role
from app.domain.tenants.tenant import STAFF, Tenant
from app.web.consoles.tenant_console import TenantConsole
from app.web.pages import with_query

TAB = "people"


def person_url(place: TenantConsole, tenant: Tenant, account: Account, *parts: str) -> str:
    """The page of one account, or of what is done to it."""
    return place.url(tenant, TAB, account.id, *parts)


def new_person_url(place: TenantConsole, tenant: Tenant, *, reference: str | None = None) -> str:
    """The form for a new account; with the reference of a login that found none, filled in with what came."""
    return with_query(place.url(tenant, TAB, "new"), reference=reference)


def may_change(place: TenantConsole, tenant: Tenant) -> bool:
    """Who may make accounts and change what they say: the tenant's admins, and of staff the operators.

    Support could otherwise give a customer's account an address of its own, and reset its password. The staff's own
    accounts have pages of their own.
    """
    return tenant.slug != STAFF and (not place.console.staff or place.console.has(Role.OPERATOR))
