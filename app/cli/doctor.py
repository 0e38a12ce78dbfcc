"""`sso-bridge doctor`: whether everything is in order that a login needs on our side."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click
from rich.text import Text

from app.cli.bridge import open_bridge
from app.cli.errors import REFUSED
from app.cli.options import json_option
from app.cli.output import columns, plain, show, show_json
from app.domain.connection import ClientAuth, Connection, Sealed
from app.domain.errors import NotFound
from app.domain.login_policy import LoginPolicy
from app.domain.tenant import Status, Tenant
from app.ports.sealing import SealBroken
from app.services.provisioning.connections import SEALED_FOR
from app.wiring import Bridge

OLDEST_NOW = 1_790_000_000
"""September 2026. A clock that is behind this version of the code is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` says what is wrong and what to do; empty where all is well."""

    check: str
    ok: bool
    text: str = ""


@click.command()
@click.argument("tenant", required=False)
@json_option
def doctor(*, tenant: str | None, as_json: bool) -> None:
    """Check settings, stores, keys and clock, and what TENANT needs for logins; exit 1 when something is wrong."""
    findings = list(_findings(open_bridge(), tenant))
    healthy = all(finding.ok for finding in findings)
    if as_json:
        show_json({"ok": healthy, "checks": [asdict(finding) for finding in findings]})
    else:
        table = columns("CHECK", "", "")
        for finding in findings:
            mark = Text("ok", style="green") if finding.ok else Text("wrong", style="bold red")
            table.add_row(plain(finding.check), mark, plain(finding.text))
        show(table)
    if not healthy:
        raise SystemExit(REFUSED)


def _findings(bridge: Bridge, slug: str | None) -> Iterator[Finding]:
    yield Finding("settings", ok=True, text=f"{bridge.settings.env}, {bridge.settings.public_url}")
    stores = bridge.health.ready()
    for name, dependency in stores.items():
        yield Finding(name, ok=dependency.ok, text=dependency.reason)
    yield _clock(bridge)
    if not (stores["database"].ok and stores["migrations"].ok):
        return
    tenants = _tenants(bridge, slug)
    yield from _keys(bridge, tenants)
    if slug is not None:
        yield from _tenant(*tenants[0])


def _clock(bridge: Bridge) -> Finding:
    right = bridge.clock.now() > OLDEST_NOW
    return Finding("clock", ok=right, text="" if right else "this machine's clock is far behind: set it by NTP")


def _tenants(bridge: Bridge, slug: str | None) -> list[tuple[Tenant, list[Connection]]]:
    with bridge.database.read() as work:
        found = work.tenants.all() if slug is None else [work.tenants.by_slug(slug)]
        tenants = [tenant for tenant in found if tenant is not None]
        if slug is not None and not tenants:
            raise NotFound("tenant", slug)
        return [(tenant, list(work.connections.of_tenant(tenant.id))) for tenant in tenants]


def _keys(bridge: Bridge, tenants: list[tuple[Tenant, list[Connection]]]) -> Iterator[Finding]:
    """Every stored secret opens."""
    broken = [
        f"{tenant.slug}/{connection.name}: {name}"
        for tenant, connections in tenants
        for connection in connections
        for name, sealed in (("client_secret", connection.client_secret), ("private_key", connection.private_key))
        if sealed is not None and not _opens(bridge, sealed)
    ]
    yield Finding(
        "keys",
        ok=not broken,
        text=f"SSO_BRIDGE_SECRET_KEYS does not open {', '.join(broken)}: put the old key back, or apply them again"
        if broken
        else "",
    )


def _opens(bridge: Bridge, sealed: Sealed) -> bool:
    try:
        bridge.sealer.open(sealed, purpose=SEALED_FOR)
    except SealBroken:
        return False
    return True


def _tenant(tenant: Tenant, connections: list[Connection]) -> Iterator[Finding]:
    active = tenant.status is Status.ACTIVE
    yield Finding(
        f"tenant {tenant.slug}",
        ok=active,
        text=f"{tenant.policy}" if active else "is disabled: nobody of it can sign in",
    )
    in_use = [connection for connection in connections if connection.status is Status.ACTIVE]
    if tenant.policy is not LoginPolicy.PASSWORD and not in_use:
        yield Finding("connections", ok=False, text="none is active, so OAuth Login leads nowhere: apply one")
    for connection in in_use:
        problem = _incomplete(connection)
        untested = "" if connection.tested else "nobody has signed in with its present settings yet"
        yield Finding(f"connection {connection.name}", ok=not problem, text=problem or untested)


def _incomplete(connection: Connection) -> str:
    auth = connection.provider.client_auth
    if not connection.provider.client_id:
        return "client_id is not known yet: apply it"
    if auth in (ClientAuth.BASIC, ClientAuth.POST) and connection.client_secret is None:
        return f"client_secret is missing, which {auth} needs: apply it"
    if auth is ClientAuth.PRIVATE_KEY_JWT and connection.private_key is None:
        return "private_key is missing: apply it"
    return ""
