"""Looks up what a URL or a command names: a tenant by its slug, and objects of that tenant. Each raises NotFound."""

from app.domain.accounts.account import Account, AccountId
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Work


def tenant_named(work: Work, slug: str) -> Tenant:
    """In any status."""
    tenant = work.tenants.by_slug(slug)
    if tenant is None:
        raise NotFound("tenant", slug)
    return tenant


def locked_tenant(work: Work, slug: str) -> Tenant:
    """As it is now, unchanged until this transaction ends (`Tenants.lock`)."""
    tenant = work.tenants.lock(tenant_named(work, slug).id)
    if tenant is None:
        raise NotFound("tenant", slug)
    return tenant


def account_of(work: Work, tenant: Tenant, account_id: AccountId) -> Account:
    """Another tenant's connection does not exist here."""
    account = work.accounts.get(tenant.id, account_id)
    if account is None:
        raise NotFound("account", account_id)
    return account


def connection_named(work: Work, slug: str, name: str) -> tuple[Tenant, Connection]:
    """In any status."""
    tenant = tenant_named(work, slug)
    connection = work.connections.named(tenant.id, name)
    if connection is None:
        raise NotFound("connection", f"{slug}/{name}")
    return tenant, connection
