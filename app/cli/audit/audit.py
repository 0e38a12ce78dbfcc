"""`sso-bridge audit`: what was changed, by whom, and whether anyone has tampered with the record."""

from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.text import Text

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.errors import REFUSED, Stopped
from app.cli.options import json_option, one_line
from app.cli.output import columns, plain, show, show_json
from app.services.audit.audit import ChainReport, Verification, exported
from app.wiring import Bridge

THE_BRIDGE = "(the bridge)"
ONLY_BY_HEAD = (
    "This cannot detect a database restored from an older copy, or a tenant removed with all its entries: "
    "to check for those, pass --head with a `mac` from the log."
)


class UtcTime(click.DateTime):
    """A refused time is answered with one that is right."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            read: datetime = super().convert(value, param, ctx)
        except click.BadParameter as error:
            raise click.BadParameter("use a time like 2026-08-01 or 2026-08-01T13:30:00, in UTC", ctx, param) from error
        return read


tenant_option = click.option("--tenant", "slug", metavar="SLUG", help="Only this tenant's entries.")


@click.group()
def audit() -> None:
    """Verify or export the audit log: what was changed, by whom, when and why."""


@audit.command()
@tenant_option
@click.option(
    "--head",
    "heads",
    metavar="HASH",
    multiple=True,
    help="The `mac` of an `audit_head` log line, to detect later entries that were cut off. Can be repeated.",
)
@json_option
def verify(*, slug: str | None, heads: tuple[str, ...], as_json: bool) -> None:
    """Check for edited, moved or missing entries. Exits with 1 if there are any."""
    bridge = open_migrated_bridge()
    found = bridge.audit.verify(slug, heads=heads)
    names = _slugs(bridge)
    if as_json:
        show_json(_object(found, names))
        if not found.sound:
            click.get_current_context().exit(REFUSED)
        return
    table = columns("TENANT", "ENTRIES", "HEAD", "STATE")
    for report in found.chains:
        whole = Text("broken", style="bold red") if report.fault else Text("whole", style="green")
        table.add_row(_name(report, names), str(report.head.seq), plain(report.head.mac), whole)
    show(table)
    if not found.sound:
        raise Stopped("\n".join(_problems(found, names)))
    show("No entries were changed, moved or removed.")
    if not heads:
        show(ONLY_BY_HEAD)


@audit.command("sign-heads")
@click.option(
    "--reason",
    metavar="TEXT",
    required=True,
    callback=one_line,
    help="Why they are unsigned; recorded in the audit log.",
)
def sign_heads(*, reason: str) -> None:
    """Sign the heads of chains that an older version started. `db upgrade` does this automatically."""
    bridge = open_migrated_bridge()
    signed = bridge.audit.sign_heads(at=bridge.clock.now(), by=actor(reason))
    show(f"Signed: {signed}.")


@audit.command()
@tenant_option
@click.option(
    "--since",
    type=UtcTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    metavar="TIME",
    help="Only entries from this time on (UTC): 2026-08-01 or 2026-08-01T13:30:00.",
)
def export(*, slug: str | None, since: datetime | None) -> None:
    """Print the entries as JSON Lines, by tenant, oldest first."""
    bridge = open_migrated_bridge()
    names = _slugs(bridge)
    for link in bridge.audit.entries(slug, since=since.replace(tzinfo=UTC).timestamp() if since else None):
        click.echo(exported(link, names.get(link.chain)))


def _slugs(bridge: Bridge) -> dict[str, str]:
    with bridge.database.read() as work:
        return {tenant.id: tenant.slug for tenant in work.tenants.all()}


def _name(report: ChainReport, names: dict[str, str]) -> str:
    chain = report.head.chain
    return plain(names.get(chain, chain)) or THE_BRIDGE


def _problems(found: Verification, names: dict[str, str]) -> list[str]:
    faults = [
        f"{_name(report, names)}, entry {report.fault.seq}: {report.fault.sentence}."
        for report in found.chains
        if report.fault
    ]
    cut_off = [f"No entry has the head {head}: the end of a chain was cut off." for head in found.missing_heads]
    return faults + cut_off


def _object(found: Verification, names: dict[str, str]) -> dict[str, object]:
    return {
        "sound": found.sound,
        "chains": [
            {
                "chain": report.head.chain,
                "tenant": names.get(report.head.chain),
                "entries": report.head.seq,
                "head": report.head.mac,
                "fault": asdict(report.fault) if report.fault else None,
            }
            for report in found.chains
        ],
        "missing_heads": list(found.missing_heads),
    }
