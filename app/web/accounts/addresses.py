"""Where people, and what belongs to them, stand in either console."""

from app.domain.accounts.account import Account, AccountId
from app.domain.tenants.tenant import Tenant
from app.web.consoles.tenant_console import TenantConsole
from app.web.pages import with_query
from app.web.traces.references import reference_url

TAB = "people"


def person_url(place: TenantConsole, tenant: Tenant, account: Account | AccountId, *parts: str) -> str:
    account_id = account.id if isinstance(account, Account) else account
    return place.url(tenant, TAB, account_id, *parts)


def login_reference_url(place: TenantConsole, tenant: Tenant, reference: str) -> str:
    """Support's page compares with other tenants' references; an admin's shows their own tenant's only."""
    return reference_url(reference) if place.console.staff else place.url(tenant, "activity", reference)


def new_person_url(place: TenantConsole, tenant: Tenant, *, reference: str | None = None) -> str:
    """The form for a new account; with the reference of a login that found none, filled in with what came."""
    return with_query(place.url(tenant, TAB, "new"), reference=reference)
