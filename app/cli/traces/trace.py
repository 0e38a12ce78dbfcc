"""`sso-bridge trace`: explains a login attempt by its reference."""

import click
from rich.table import Table
from rich.text import Text

from app.cli.bridge import open_migrated_bridge
from app.cli.options import json_option
from app.cli.output import columns, facts, plain, show, show_json, when
from app.domain.errors import Detail
from app.domain.reasons import Outcome, reason
from app.domain.tenants.login_policy import Method
from app.domain.traces.trace import Step, Trace
from app.services.traces.traces import explain

_COLOURS = {Outcome.SIGNED_IN: "bold green", Outcome.REFUSED: "bold yellow", Outcome.FAILED: "bold red"}
_COMPARED = ("expected", "received")


@click.command()
@click.argument("reference")
@json_option
def trace(*, reference: str, as_json: bool) -> None:
    """Explain a login attempt by the reference that the person was shown."""
    found = open_migrated_bridge().traces.get(reference)
    if as_json:
        show_json(explain(found))
        return
    story = explain(found)
    outcome = reason(found.reason).outcome if found.reason else Outcome.SIGNED_IN
    show(_headline(found, outcome))
    if found.reason:
        show(plain(str(story["summary"])))
        show("", Text("What to do", style="bold"), plain(str(story["remedy"])))
    show("", facts(_where(found)))
    if found.details:
        show("", Text("Details", style="bold"), facts(_details(found), indent=2))
    show("", _steps(found))


def _headline(found: Trace, outcome: Outcome) -> Text:
    words = {Outcome.SIGNED_IN: "Signed in", Outcome.REFUSED: "Refused", Outcome.FAILED: "Failed"}
    line = Text(words[outcome], style=_COLOURS[outcome])
    return line.append(f": {found.reason}" if found.reason else "").append(f"  {found.reference}", style="not bold dim")


def _where(found: Trace) -> list[tuple[str, str | Text]]:
    way = "SSO" if found.method is Method.SSO else "password"
    return [
        ("tenant", found.tenant or "unknown: this request does not belong to a login"),
        ("connection", found.connection or ""),
        ("method", way),
        ("ended", when(found.at)),
    ]


def _details(found: Trace) -> list[tuple[str, str | Text]]:
    """What was compared comes first."""
    names = sorted(
        found.details, key=lambda name: (name not in _COMPARED, _COMPARED.index(name) if name in _COMPARED else 0)
    )
    return [(plain(name), _words(found.details[name])) for name in names]


def _words(value: Detail) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in (None, "") else str(value)


def _steps(found: Trace) -> Table:
    table = columns("STEP", "AT", "TOOK", "", "")
    table.columns[2].justify = "right"
    for step in found.steps:
        table.add_row(step.step, when(step.at)[11:19], f"{step.took_ms} ms", _ok(step), plain(step.note))
    return table


def _ok(step: Step) -> Text:
    return Text("ok", style="green") if step.ok else Text("failed", style="bold red")
