"""`sso-bridge tenant`: what support does in its console."""

from dataclasses import asdict

import click
from rich.text import Text

from app.cli.bridge import open_migrated_bridge
from app.cli.options import json_option
from app.cli.output import columns, facts, plain, show, show_json, title, when
from app.cli.sso_only.tenant_readiness import readiness
from app.cli.sso_only.tenant_switch import cancel_switch, observe, planned_object, planned_text, set_policy
from app.domain.connections.connection import Connection
from app.domain.connections.provider_addresses import provider_addresses
from app.domain.sso_only.readiness import Summary
from app.domain.tenants.security_settings import TenantSecuritySettings
from app.domain.tenants.tenant import Status, Tenant
from app.wiring import Bridge


@click.group()
def tenant() -> None:
    """Show tenants and switch their sign-in policy."""


@tenant.command("list")
@json_option
def list_tenants(*, as_json: bool) -> None:
    """List all tenants with policy and status."""
    bridge = open_migrated_bridge()
    with bridge.database.read() as work:
        tenants = work.tenants.all()
        connections = work.connections.of_tenants([one.id for one in tenants])
    names = {tenant_id: [one.name for one in of] for tenant_id, of in connections.items()}
    if as_json:
        show_json([_object(bridge, one) | {"connections": names[one.id]} for one in tenants])
        return
    if not tenants:
        show("There are no tenants yet. To create one, write a file and run: sso-bridge apply FILE")
        return
    table = columns("TENANT", "NAME", "POLICY", "STATUS", "CONNECTIONS")
    for one in tenants:
        table.add_row(
            plain(one.slug), plain(one.name), one.policy, _status(one.status), plain(", ".join(names[one.id]))
        )
    show(table)


@tenant.command("show")
@click.argument("slug")
@json_option
def show_tenant(*, slug: str, as_json: bool) -> None:
    """Show a tenant and its connections. Includes the URLs to register at each provider."""
    bridge = open_migrated_bridge()
    glance = bridge.tenant_directory.at_a_glance(slug)
    found, connections, summary = glance.tenant, glance.connections, glance.summary
    if as_json:
        rows = [_connection_object(bridge, found, connection) for connection in connections]
        show_json(_object(bridge, found) | _switch_object(found, summary) | {"connections": rows})
        return
    show(title(found.slug, beside=found.name))
    show(
        facts(
            [
                ("policy", found.policy),
                ("status", _status(found.status)),
                ("email domains", ", ".join(found.email_domains) or "any"),
                ("verified domains", ", ".join(found.proven_domains) or "none"),
                ("login page", f"{bridge.settings.public_url}/t/{found.slug}/login"),
                *_demands(TenantSecuritySettings.of_tenant(found)),
                *_switch_facts(found, summary),
            ],
            indent=2,
        )
    )
    for connection in connections:
        show("", title(f"connection {connection.name}"), facts(_connection_facts(bridge, found, connection), indent=2))
    if not connections:
        show("", "There is no connection yet. Add one to the tenant's file and run: sso-bridge apply FILE")


for command in (set_policy, cancel_switch, observe, readiness):
    tenant.add_command(command)


def _status(status: Status) -> Text:
    return Text(status, style="" if status is Status.ACTIVE else "red")


def _demands(demands: TenantSecuritySettings) -> list[tuple[str, str | Text]]:
    idle, absolute = demands.session_idle_minutes, demands.session_absolute_minutes
    return [
        ("networks", ", ".join(demands.allowed_networks) or "anywhere"),
        ("sessions", f"{idle} min idle, {absolute} min total"),
        ("second factor", demands.totp),
        ("wrong passwords", f"{demands.throttle_failures} in {demands.throttle_minutes} min"),
        ("shared desk", "yes" if demands.shared_desk else "no"),
    ]


def _switch_facts(found: Tenant, summary: Summary) -> list[tuple[str, str | Text]]:
    wish = found.requested
    proven = f", {summary.proven} signed in with SSO in the last 30 days" if summary.accounts else ""
    return [
        ("accounts", f"{summary.accounts} active{proven}"),
        ("last login", when(summary.last_login_at) if summary.last_login_at else ""),
        ("observing", f"since {when(found.observing_since)}" if found.observing_since is not None else ""),
        ("planned", planned_text(found.planned) if found.planned else ""),
        ("requested", f"sso_only at {when(wish.at)}, by {wish.actor}: {wish.note}".rstrip(": ") if wish else ""),
    ]


def _switch_object(found: Tenant, summary: Summary) -> dict[str, object]:
    wish = found.requested
    return {
        "accounts": summary.accounts,
        "proven": summary.proven,
        "last_login_at": summary.last_login_at,
        "observing_since": found.observing_since,
        "planned": planned_object(found.planned),
        "requested": wish and {"at": wish.at, "actor": wish.actor, "note": wish.note},
    }


def _connection_facts(bridge: Bridge, tenant: Tenant, connection: Connection) -> list[tuple[str, str | Text]]:
    provider = connection.provider
    ours = provider_addresses(bridge.login.base_url, tenant, connection)
    where = provider.issuer or provider.authorization_endpoint or ""
    tested = f"{when(connection.tested_at or 0)}" if connection.tested else "not with its current settings"
    return [
        ("id", connection.id),
        ("redirect URI", ours.redirect_uri),
        ("post logout", ours.post_logout_redirect_uri or ""),
        ("back logout", ours.backchannel_logout_uri or ""),
        ("front logout", ours.frontchannel_logout_uri or ""),
        ("JWKS URL", ours.jwks_uri),
        ("provider", f"{where} ({provider.protocol})"),
        ("client id", provider.client_id or "not set"),
        ("client auth", provider.client_auth),
        ("status", _status(connection.status)),
        ("tested", tested),
    ]


def _object(bridge: Bridge, found: Tenant) -> dict[str, object]:
    return {
        "slug": found.slug,
        "name": found.name,
        "policy": found.policy.value,
        "status": found.status.value,
        "email_domains": list(found.email_domains),
        "proven_domains": list(found.proven_domains),
        "accent": found.accent,
        "language": found.language,
        "time_zone": found.time_zone,
        "login_url": f"{bridge.settings.public_url}/t/{found.slug}/login",
        **TenantSecuritySettings.of_tenant(found).shown(),
    }


def _connection_object(bridge: Bridge, tenant: Tenant, connection: Connection) -> dict[str, object]:
    return {
        "id": connection.id,
        "name": connection.name,
        "status": connection.status.value,
        "protocol": connection.provider.protocol.value,
        "issuer": connection.provider.issuer,
        "client_id": connection.provider.client_id,
        **asdict(provider_addresses(bridge.login.base_url, tenant, connection)),
        "tested": connection.tested,
        "tested_at": connection.tested_at,
    }
