"""A connection at a glance: the badges of `sso/_badges.html`, and the one thing to do next."""

from datetime import UTC, date, datetime

from app.domain.connections.connection import Connection
from app.domain.tenants.tenant import Status, Tenant
from app.services.connections.overview import ConnectionAtAGlance
from app.web.connections.connection_test import test_url
from app.web.connections.preset_words import preset_name
from app.web.consoles.tenant_console import TenantConsole
from app.web.i18n import ago, gettext

SOON_DAYS = 30


def connection_card(
    place: TenantConsole, tenant: Tenant, found: ConnectionAtAGlance, *, now: float
) -> dict[str, object]:
    connection = found.connection
    provider = found.settings.provider
    active, complete = connection.status is Status.ACTIVE, bool(provider.client_id)
    return {
        "name": connection.name,
        "url": place.url(tenant, "sso", connection.id),
        "test_url": test_url(tenant, connection, staff=place.console.staff),
        "provider": preset_name(provider.preset or provider.protocol),
        "issuer": provider.issuer or provider.authorization_endpoint,
        "being_set_up": found.being_set_up,
        "has_draft": found.draft is not None,
        "active": active,
        "complete": complete,
        "can_be_tested": active and complete and not found.being_set_up,
        "tested": connection.tested,
        "tested_at": ago(connection.tested_at, now=now),
        "last_login": ago(found.last_login_at, now=now),
        "expires_in": _days_left(connection, now),
        "next": _next_step(tenant, found, now),
    }


def _days_left(connection: Connection, now: float) -> int | None:
    """Until the client secret expires; negative if it has."""
    if not connection.client_secret_expires:
        return None
    return (date.fromisoformat(connection.client_secret_expires) - datetime.fromtimestamp(now, tz=UTC).date()).days


def _next_step(tenant: Tenant, found: ConnectionAtAGlance, now: float) -> str:
    """The one thing to do next; empty if there is none."""
    connection, left = found.connection, _days_left(found.connection, now)
    steps = (
        (found.being_set_up, gettext("Continue the set-up.")),
        (found.draft is not None, gettext("A change has been started. Test and activate it, or discard it.")),
        (
            connection.status is not Status.ACTIVE,
            gettext("Enable it when people should sign in through it again."),
        ),
        (
            not connection.provider.client_id,
            gettext("Set-up is not complete. Enter the client ID and secret with “Change”."),
        ),
        (
            left is not None and left <= SOON_DAYS,
            gettext("Create a new client secret at the provider, and enter it here with “Change”."),
        ),
        (not connection.tested, gettext("Test the connection.")),
        (not tenant.policy.takes_sso, gettext("Support can now offer OAuth Login beside passwords.")),
    )
    return next((words for applies, words in steps if applies), "")
