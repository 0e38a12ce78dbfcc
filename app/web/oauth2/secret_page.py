"""The only page that ever shows a client's secret: the answer to the form that made it."""

from flask import Response

from app.domain.oauth2.client_type import client_type
from app.domain.tenants.tenant import Tenant
from app.services.oauth2.apps import WithSecret
from app.web.consoles.tenant_console import TenantConsole
from app.web.oauth2.app_words import type_name
from app.web.oauth2.vendor_console import APPS


def secret_page(place: TenantConsole, tenant: Tenant, made: WithSecret, *, base_url: str) -> Response:
    """It answers a POST and, like every page, is not to be stored: to load it again makes no secret appear again."""
    client = made.client
    return place.page(
        "apps/secret.html",
        tenant,
        APPS,
        client=client,
        type_name=type_name(client_type(client)),
        secret=made.secret,
        second=client.next_secret_hash is not None,
        token_url=f"{base_url}/oauth2/token",
        onward=place.url(tenant, APPS, client.client_id),
        apps_url=place.url(tenant, APPS),
    )
