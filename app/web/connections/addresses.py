"""The addresses to register at a provider besides the redirect URI, as pages show them; and a connection's own page."""

from app.domain.connections.connection import Connection
from app.domain.connections.provider_addresses import provider_addresses
from app.domain.tenants.tenant import Tenant
from app.web.consoles.nav import tenant_url
from app.web.i18n import gettext


def further_addresses(base_url: str, tenant: Tenant, connection: Connection) -> list[tuple[str, str]]:
    """Each with its label."""
    all_of_them = provider_addresses(base_url, tenant, connection)
    named = (
        (gettext("Back-channel logout URL: ends sessions here when people sign out at the provider"),
         all_of_them.backchannel_logout_uri),
        (gettext("Front-channel logout URL: only if the provider does not support back-channel logout"),
         all_of_them.frontchannel_logout_uri),
        (gettext("Post-logout redirect URI"), all_of_them.post_logout_redirect_uri),
        (gettext("JWKS URL: the bridge's public keys"), all_of_them.jwks_uri),
    )  # fmt: skip
    return [(name, address) for name, address in named if address]


def connection_url(tenant: Tenant, connection: Connection) -> str:
    """Its page in support's console."""
    return tenant_url(tenant.slug, "sso", connection.id)
