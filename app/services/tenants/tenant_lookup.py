"""Finds the tenant and its connections. Never looks a person up."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.accounts.email_address import parse_email
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import STAFF, Status, Tenant
from app.ports.logins import Workspace
from app.ports.repositories import Database
from app.services.tenants.named import connection_named

FOUND_MOST = 10
"""The most workspaces with the same name that are offered."""


@dataclass(frozen=True, slots=True)
class LoginOptions:
    """A tenant and its active connections, by name."""

    tenant: Tenant
    connections: tuple[Connection, ...]

    @property
    def open(self) -> bool:
        return self.tenant.status is Status.ACTIVE

    @property
    def sso(self) -> bool:
        return self.open and self.tenant.policy.takes_sso and bool(self.connections)

    @property
    def password(self) -> bool:
        return self.open and self.tenant.policy.takes_passwords


@dataclass(frozen=True, slots=True)
class TenantLookup:
    """Used by the finder and the login page."""

    database: Database

    def find(self, query: str) -> Sequence[Tenant]:
        """By the workspace's name, or by the domain of an email; the part before the @ makes no difference.

        Names must match in full, so that nobody can discover which workspaces exist.
        """
        text = " ".join(query.split())
        with self.database.read() as work:
            if "@" in text:
                try:
                    domain = parse_email(text).domain
                except ValueError:
                    return ()
                return work.tenants.by_email_domain(domain)
            found = work.tenants.by_slug_or_name(text, most=FOUND_MOST)
        return [tenant for tenant in found if tenant.slug != STAFF]

    def options(self, slug: str) -> LoginOptions:
        """Raises NotFound. A disabled tenant is found, so that its people can be told."""
        with self.database.read() as work:
            return self.options_of(slug, work.connections.by_tenant_slug(slug))

    def options_of(self, slug: str, found: Workspace | None) -> LoginOptions:
        """The same of what was just read."""
        if found is None:
            raise NotFound("tenant", slug)
        tenant, connections = found
        active = tuple(connection for connection in connections if connection.status is Status.ACTIVE)
        return LoginOptions(tenant=tenant, connections=active)

    def initiated_by(self, slug: str, issuer: str) -> tuple[Tenant, Connection]:
        """The active connection that a provider means by its `iss` in a login that it initiates.

        OpenID Connect Core, section 4. Raises NotFound, and SsoError for an issuer that is not this tenant's.
        """
        options = self.options(slug)
        for connection in options.connections:
            if connection.provider.issuer == issuer:
                return options.tenant, connection
        raise SsoError(ReasonCode.RESPONSE_ISSUER_MISMATCH, received=issuer[:300])

    def connection(self, slug: str, name: str) -> tuple[Tenant, Connection]:
        """One by its name, in any status. Raises NotFound."""
        with self.database.read() as work:
            return connection_named(work, slug, name)
