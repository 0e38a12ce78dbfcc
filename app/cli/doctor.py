"""`sso-bridge doctor`: checks everything that a login needs, here and at a tenant's provider."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace

import click
from rich.text import Text

from app.adapters.provider.rehearsal import CLIENT
from app.cli.bridge import open_bridge
from app.cli.doctor_database import database_findings
from app.cli.errors import REFUSED
from app.cli.options import json_option
from app.cli.output import columns, plain, show, show_json
from app.domain.connections.connection import SEALED_FOR, SECRETS, Connection, Sealed
from app.domain.connections.expiry import Credential, expiries
from app.domain.connections.finding import Finding, Level
from app.domain.errors import NotFound
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant
from app.ports.mail import MailServerAway
from app.ports.sealing import SealBroken
from app.services.connections.set_up import access_details
from app.services.mail.outbox import KEPT_DAYS
from app.wiring import Bridge

OLDEST_NOW = 1_790_000_000
"""September 2026. A clock before this is wrong, because this code did not exist yet."""


MAIL = "mail"
STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.WRONG: "bold red"}
PROVIDER_TIME_S = 30.0
"""For checking one provider; a login has less."""


@click.command()
@click.argument("tenant", required=False)
@json_option
def doctor(*, tenant: str | None, as_json: bool) -> None:
    """Check settings, stores, keys, the clock and TENANT's provider; exit with 1 if something is wrong."""
    findings = list(_findings(open_bridge(), tenant))
    healthy = all(finding.level is not Level.WRONG for finding in findings)
    if as_json:
        checks = [{**asdict(finding), "ok": finding.level is not Level.WRONG} for finding in findings]
        show_json({"ok": healthy, "checks": checks})
    else:
        table = columns("CHECK", "", "")
        for finding in findings:
            words = "\n".join(plain(part) for part in (finding.text, finding.remedy) if part)
            table.add_row(plain(finding.check), Text(finding.level.value, style=STYLES[finding.level]), words)
        show(table)
    if not healthy:
        raise SystemExit(REFUSED)


def _findings(bridge: Bridge, slug: str | None) -> Iterator[Finding]:
    yield Finding("settings", text=f"{bridge.settings.env}, {bridge.settings.public_url}")
    stores = bridge.health.ready()
    for name, dependency in stores.items():
        if name != MAIL:
            yield Finding(name, _wrong_unless(dependency.ok), dependency.reason)
    yield _clock(bridge)
    if not (stores["database"].ok and stores["migrations"].ok):
        return
    yield from database_findings(bridge.database, now=bridge.clock.now())
    yield _mail(bridge)
    yield from _planned_switches(bridge)
    tenants = _tenants(bridge, slug)
    yield from _keys(bridge, tenants)
    if slug is not None:
        yield from _tenant(bridge, *tenants[0])


def _wrong_unless(right: bool) -> Level:  # noqa: FBT001 - reads as a sentence where it is called
    return Level.OK if right else Level.WRONG


def _clock(bridge: Bridge) -> Finding:
    right = bridge.clock.now() > OLDEST_NOW
    return Finding(
        "clock", _wrong_unless(right), "" if right else "this machine's clock is far behind: synchronise it with NTP"
    )


def _mail(bridge: Bridge) -> Finding:
    """Logins work without mail, but links that people wait for do not arrive."""
    backlog, late = bridge.outbox.backlog(), bridge.outbox.late()
    if bridge.outbox.mailer is None:
        text = f"SSO_BRIDGE_SMTP_URL is not set; {backlog.waiting} emails are waiting in the database"
        return Finding(MAIL, Level.WARNING, text, "Operator: set SSO_BRIDGE_SMTP_URL and SSO_BRIDGE_MAIL_FROM.")
    try:
        bridge.outbox.check()
    except MailServerAway as error:
        return Finding(MAIL, Level.WARNING, _sentences(str(error), late), "Operator: check SSO_BRIDGE_SMTP_URL.")
    if late:
        remedy = "Operator: check that `sso-bridge worker` is running."
        return Finding(MAIL, Level.WARNING, _sentences(late, backlog.problem), remedy)
    if backlog.given_up:
        text = f"emails not delivered after three days, in the last {KEPT_DAYS} days: {backlog.given_up}"
        return Finding(MAIL, Level.WARNING, text, "Support: ask these people for another address.")
    return Finding(MAIL)


def _planned_switches(bridge: Bridge) -> Iterator[Finding]:
    """Says nothing if no switch is late."""
    overdue = bridge.switching.overdue()
    if overdue:
        text = f"overdue: {overdue}; passwords still work in these tenants"
        yield Finding("planned switches", Level.WARNING, text, "Operator: check that `sso-bridge worker` is running.")


def _sentences(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _tenants(bridge: Bridge, slug: str | None) -> list[tuple[Tenant, list[Connection]]]:
    with bridge.database.read() as work:
        found = work.tenants.all() if slug is None else [work.tenants.by_slug(slug)]
        tenants = [tenant for tenant in found if tenant is not None]
        if slug is not None and not tenants:
            raise NotFound("tenant", slug)
        connections = work.connections.of_tenants([tenant.id for tenant in tenants])
    return [(tenant, list(connections[tenant.id])) for tenant in tenants]


def _keys(bridge: Bridge, tenants: list[tuple[Tenant, list[Connection]]]) -> Iterator[Finding]:
    """Every stored secret can be unsealed."""
    broken = [
        f"{tenant.slug}/{connection.name}: {name}"
        for tenant, connections in tenants
        for connection in connections
        for name in SECRETS
        if not _opens(bridge, getattr(connection, name))
    ]
    yield Finding(
        "keys",
        _wrong_unless(not broken),
        f"SSO_BRIDGE_SECRET_KEYS cannot decrypt {', '.join(broken)}: put the old key back, or apply the secrets again"
        if broken
        else "",
    )


def _opens(bridge: Bridge, sealed: Sealed | None) -> bool:
    if sealed is None:
        return True
    try:
        bridge.sealer.open(sealed, purpose=SEALED_FOR)
    except SealBroken:
        return False
    return True


def _secret(connection: Connection, *, now: float) -> Iterator[Finding]:
    """Its last day, where someone has entered it; for certificates the provider's inspection says it."""
    for expiry in expiries(connection, now=now):
        if expiry.credential is Credential.CLIENT_SECRET:
            ended = "valid for no more than" if expiry.days_left >= 0 else "expired; its last day was"
            days = f"{expiry.days_left} more days" if expiry.days_left >= 0 else str(connection.client_secret_expires)
            successor = "; the next one takes its place" if expiry.replaced else ""
            level = Level.OK if expiry.warning is None or expiry.replaced else Level.WARNING
            yield Finding(
                f"{connection.name}: client secret",
                Level.WRONG if expiry.days_left < 0 and not expiry.replaced else level,
                f"{ended} {days}{successor}",
                "" if level is Level.OK else "Tenant admin: create a new one, and set it as next_client_secret.",
            )


def _next_secret(bridge: Bridge, connection: Connection) -> Iterator[Finding]:
    """Whether the provider accepts it already; nobody else finds out before the present one ends."""
    after = connection.with_next_secret
    if after is None:
        return
    for finding in _inspected(bridge, after):
        if finding.check == CLIENT:
            level = Level.OK if finding.level is Level.OK else Level.WARNING
            yield replace(finding, check=f"{connection.name}: next client secret", level=level)


def _inspected(bridge: Bridge, connection: Connection) -> Iterable[Finding]:
    deadline = bridge.clock.monotonic() + PROVIDER_TIME_S
    redirect_uri = bridge.login.redirect_uri(connection.id)
    return bridge.provider_client.inspect(connection, deadline=deadline, redirect_uri=redirect_uri)


def _tenant(bridge: Bridge, tenant: Tenant, connections: list[Connection]) -> Iterator[Finding]:
    active = tenant.status is Status.ACTIVE
    yield Finding(
        f"tenant {tenant.slug}",
        _wrong_unless(active),
        f"{tenant.policy}" if active else "disabled: no one can sign in",
    )
    in_use = [connection for connection in connections if connection.status is Status.ACTIVE]
    if tenant.policy is not LoginPolicy.PASSWORD and not in_use:
        yield Finding(
            "connections", Level.WRONG, "none is active, so OAuth Login does not work: add or enable a connection"
        )
    for connection in in_use:
        problem = "; ".join(f"{finding.text}: set it and apply" for finding in access_details(connection))
        untested = "" if connection.tested else "no one has signed in with its current settings yet"
        yield Finding(f"connection {connection.name}", _wrong_unless(not problem), problem or untested)
        yield from _secret(connection, now=bridge.clock.now())
        yield from _next_secret(bridge, connection)
        for finding in _inspected(bridge, connection):
            yield replace(finding, check=f"{connection.name}: {finding.check}")
