"""`sso-bridge tenant`: what support does in its console."""

import click
from rich.text import Text

from app.bridge import Bridge
from app.cli.bridge import ACTOR, open_migrated_bridge
from app.cli.errors import Stopped
from app.cli.options import json_option, reason_option
from app.cli.output import columns, facts, plain, show, show_json, title, when
from app.domain.connection import Connection
from app.domain.errors import NotFound
from app.domain.login_policy import LoginPolicy
from app.domain.tenant import Status, Tenant
from app.services.enforcement import Switched, SwitchRefused


@click.group()
def tenant() -> None:
    """Customers: see them, switch their login policy."""


@tenant.command("list")
@json_option
def list_tenants(*, as_json: bool) -> None:
    """All tenants with policy and status."""
    bridge = open_migrated_bridge()
    with bridge.database.read() as work:
        tenants = work.tenants.all()
        names = {one.id: [found.name for found in work.connections.of_tenant(one.id)] for one in tenants}
    if as_json:
        show_json([_object(bridge, one) | {"connections": names[one.id]} for one in tenants])
        return
    if not tenants:
        show("There are no tenants yet. Write a file and run: sso-bridge apply FILE")
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
    """One tenant, and its connections with the redirect URI that each provider must know."""
    bridge = open_migrated_bridge()
    with bridge.database.read() as work:
        found = work.tenants.by_slug(slug)
        if found is None:
            raise NotFound("tenant", slug)
        connections = work.connections.of_tenant(found.id)
    if as_json:
        rows = [_connection_object(bridge, connection) for connection in connections]
        show_json(_object(bridge, found) | {"connections": rows})
        return
    show(title(found.slug, beside=found.name))
    show(
        facts(
            [
                ("policy", found.policy),
                ("status", _status(found.status)),
                ("email domains", ", ".join(found.email_domains) or "any"),
                ("login page", f"{bridge.settings.public_url}/t/{found.slug}/login"),
            ],
            indent=2,
        )
    )
    for connection in connections:
        show("", title(f"connection {connection.name}"), facts(_connection_facts(bridge, connection), indent=2))
    if not connections:
        show("", "It has no connection yet. Add one to its file and run: sso-bridge apply FILE")


@tenant.command("policy")
@click.argument("slug")
@click.argument("policy", type=click.Choice([policy.value for policy in LoginPolicy]))
@reason_option
@click.option("--override", is_flag=True, help="Go ahead although something stands in the way. It is recorded.")
@json_option
def set_policy(*, slug: str, policy: str, reason: str, override: bool, as_json: bool) -> None:
    """Switch what a tenant accepts: passwords, its provider, or both."""
    bridge = open_migrated_bridge()
    try:
        switched = bridge.enforcement.switch(slug, LoginPolicy(policy), actor=ACTOR, reason=reason, override=override)
    except SwitchRefused as refused:
        blockers = "\n".join(f"- {blocker}" for blocker in refused.blockers)
        raise Stopped(
            f"{slug} was not switched to {policy}:\n{blockers}\nTo go ahead all the same: --override"
        ) from refused
    if as_json:
        show_json(_switched_object(switched))
        return
    if switched.before is switched.tenant.policy:
        show(f"{slug} is {policy} already; nothing was changed.")
        return
    show(f"{slug}: {switched.before} → {switched.tenant.policy}")
    if switched.tenant.policy is LoginPolicy.SSO_ONLY:
        show(f"Passwords open nothing there from now on; sessions ended: {switched.sessions_ended}")
    for blocker in switched.overridden:
        show(Text(f"! overridden: {plain(blocker)}", style="yellow"))


def _status(status: Status) -> Text:
    return Text(status, style="" if status is Status.ACTIVE else "red")


def _connection_facts(bridge: Bridge, connection: Connection) -> list[tuple[str, str | Text]]:
    provider = connection.provider
    where = provider.issuer or provider.authorization_endpoint or ""
    tested = f"{when(connection.tested_at or 0)}" if connection.tested else "not with its present settings"
    return [
        ("id", connection.id),
        ("redirect URI", bridge.login.redirect_uri(connection.id)),
        ("provider", f"{where} ({provider.protocol})"),
        ("client id", provider.client_id or "not known yet"),
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
        "accent": found.accent,
        "login_url": f"{bridge.settings.public_url}/t/{found.slug}/login",
    }


def _connection_object(bridge: Bridge, connection: Connection) -> dict[str, object]:
    return {
        "id": connection.id,
        "name": connection.name,
        "status": connection.status.value,
        "protocol": connection.provider.protocol.value,
        "issuer": connection.provider.issuer,
        "client_id": connection.provider.client_id,
        "redirect_uri": bridge.login.redirect_uri(connection.id),
        "tested": connection.tested,
        "tested_at": connection.tested_at,
    }


def _switched_object(switched: Switched) -> dict[str, object]:
    return {
        "tenant": switched.tenant.slug,
        "before": switched.before.value,
        "policy": switched.tenant.policy.value,
        "sessions_ended": switched.sessions_ended,
        "overridden": list(switched.overridden),
    }
