"""The bridge's addresses that are registered at a connection's provider."""

from dataclasses import dataclass
from urllib.parse import quote

from app.domain.connections.connection import Connection, Protocol
from app.domain.tenants.tenant import Tenant


@dataclass(frozen=True, slots=True)
class ProviderAddresses:
    """Named as in client registration (RFC 7591, OpenID Connect). Plain OAuth 2.0 servers send no logouts."""

    redirect_uri: str
    jwks_uri: str
    post_logout_redirect_uri: str | None = None
    backchannel_logout_uri: str | None = None
    frontchannel_logout_uri: str | None = None
    initiate_login_uri: str | None = None


def provider_addresses(base_url: str, tenant: Tenant, connection: Connection) -> ProviderAddresses:
    """All of them; providers differ in which ones they ask for."""
    redirect_uri = f"{base_url}/callback/{connection.id}"
    jwks_uri = f"{base_url}/t/{tenant.slug}/jwks/{quote(connection.name)}"
    if connection.provider.protocol is not Protocol.OIDC:
        return ProviderAddresses(redirect_uri, jwks_uri)
    return ProviderAddresses(
        redirect_uri,
        jwks_uri,
        post_logout_redirect_uri=f"{base_url}/logged-out",
        backchannel_logout_uri=f"{base_url}/backchannel-logout/{connection.id}",
        frontchannel_logout_uri=f"{base_url}/frontchannel-logout/{connection.id}",
        initiate_login_uri=f"{base_url}/t/{tenant.slug}/oauth/login",
    )
