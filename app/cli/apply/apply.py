"""`sso-bridge apply`: make tenants, connections, accounts and clients match a file."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress as RichProgress
from rich.text import Text

from app.adapters.apply_file.read import read_apply_file
from app.cli.bridge import actor, open_migrated_bridge
from app.cli.options import json_option, one_line
from app.cli.output import plain, show, show_json
from app.domain.connections.connection import SECRETS
from app.domain.errors import Detail
from app.services.apply import Applied, Mark, PlanLine
from app.services.apply.service import Progress
from app.services.apply.spec import Spec
from app.settings import environment
from app.wiring import Bridge

VALUE_CHARACTERS = 200
"""The length of a value in the plan; the audit log has all of it."""
_COLOURS = {Mark.CREATED: "green", Mark.CHANGED: "yellow", Mark.NOTE: "bold red"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print the plan without changing anything.")
@click.option("--set-policy", is_flag=True, help="Also set the policy of existing tenants. Requires --reason.")
@click.option("--reason", metavar="TEXT", callback=one_line, help="Why policies are set; recorded in the audit log.")
@json_option
def apply(*, file: Path, dry_run: bool, set_policy: bool, reason: str | None, as_json: bool) -> None:
    """Make tenants, connections, accounts and clients match FILE (TOML).

    Anything the file does not name stays as it is. A second run prints "no changes". If the input is invalid, nothing
    changes, the path of the key and the problem are printed, and the exit code is 2.
    """
    if set_policy and reason is None:
        raise click.UsageError("--set-policy requires --reason TEXT.")
    bridge = open_migrated_bridge()
    spec = read_apply_file(
        file,
        environment=environment(),
        presets=bridge.reader.presets,
        development=bridge.settings.development,
    )
    applied = apply_spec(bridge, spec, dry_run=dry_run, set_policy_because=reason if set_policy else None)
    if as_json:
        show_json(_object(bridge, applied, dry_run=dry_run))
    else:
        show_plan(bridge, applied, dry_run=dry_run)


def apply_spec(bridge: Bridge, spec: Spec, *, dry_run: bool = False, set_policy_because: str | None = None) -> Applied:
    with _progress(len(spec.tenants)) as progress:
        return bridge.applier.apply(
            spec,
            by=actor(set_policy_because or ""),
            dry_run=dry_run,
            set_policy=set_policy_because is not None,
            progress=progress,
        )


@contextmanager
def _progress(tenants: int) -> Iterator[Progress]:
    """A progress bar, only on a terminal."""
    with RichProgress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("Applying", total=tenants)
        yield lambda done: bar.update(task, completed=done)


def show_plan(bridge: Bridge, applied: Applied, *, dry_run: bool = False) -> None:
    for line in applied.lines:
        show(_coloured(line), *(Text(f"    {plain(text)}", style="dim") for text in values(line)))
    if not applied.changes:
        show("no changes")
    for name, uri in redirect_uris(bridge, applied, dry_run=dry_run).items():
        show(Text(f"connection {plain(name)}: redirect URI {uri}", style="dim"))
    if dry_run and applied.changes:
        show("Dry run: nothing was changed.")


def values(line: PlanLine) -> list[str]:
    """Old and new values, one line per key; for a secret only whether it is set or changed."""
    return [
        f"{difference.key}: {difference.after}"
        if difference.key in (*SECRETS, "password")
        else f"{difference.key}: {_value(difference.before)} → {_value(difference.after)}"
        for difference in line.differences
    ]


def _value(value: Detail) -> str:
    text = "none" if value is None else f'"{value}"' if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= VALUE_CHARACTERS else f"{text[:VALUE_CHARACTERS]}…"


def redirect_uris(bridge: Bridge, applied: Applied, *, dry_run: bool = False) -> dict[str, str]:
    """Keyed by `tenant/connection`, for every connection in the file that has an id by now."""
    return {
        f"{connection.tenant}/{connection.name}": bridge.login.redirect_uri(connection.id)
        for connection in applied.connections
        if connection.existed or not dry_run
    }


def _coloured(line: PlanLine) -> Text:
    text = Text(plain(str(line)))
    text.stylize(_COLOURS[line.mark], 0, 1)
    return text


def _object(bridge: Bridge, applied: Applied, *, dry_run: bool) -> dict[str, object]:
    return {
        "changes": applied.changes,
        "dry_run": dry_run,
        "plan": [str(line) for line in applied.lines],
        "differences": [
            {"subject": line.subject, **asdict(difference)} for line in applied.lines for difference in line.differences
        ],
        "redirect_uris": redirect_uris(bridge, applied, dry_run=dry_run),
    }
