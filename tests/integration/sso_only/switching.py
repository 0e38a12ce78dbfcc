"""Switching tenants, accounts and connections off and on, as `sso-bridge apply` does it."""

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.tenants.tenant import Status, Tenant
from app.services.apply.spec import AccountSpec, ConnectionSpec, Spec, TenantSpec
from tests.builders import World


def switch(world: World, thing: Tenant | Account | Connection, status: Status) -> None:
    """Everything else about it stays as it is."""
    tenant_id = thing.id if isinstance(thing, Tenant) else thing.tenant_id
    with world.bridge.database.read() as work:
        tenant = work.tenants.get(tenant_id)
    assert tenant is not None
    spec = TenantSpec(
        path="tenant",
        slug=tenant.slug,
        name=tenant.name,
        email_domains=tenant.email_domains,
        accent=tenant.accent,
        status=status if isinstance(thing, Tenant) else tenant.status,
        accounts=(_account(thing, status),) if isinstance(thing, Account) else (),
        connections=(_connection(thing, status),) if isinstance(thing, Connection) else (),
    )
    world.bridge.applier.apply(Spec(tenants=(spec,)), by=Actor("sam@staff"))


def _account(account: Account, status: Status) -> AccountSpec:
    return AccountSpec(
        username=account.username,
        name=account.name,
        email=account.email,
        roles=account.roles,
        external_id=account.external_id,
        status=status,
    )


def _connection(connection: Connection, status: Status) -> ConnectionSpec:
    return ConnectionSpec(path="connection", name=connection.name, provider=connection.provider, status=status)
