"""`sso-bridge tenant readiness`: who would get in if passwords ended now, and what blocks the switch."""

import click
from rich.text import Text

from app.cli.bridge import open_migrated_bridge
from app.cli.options import json_option
from app.cli.output import columns, facts, plain, show, show_json, title, when
from app.domain.connections.connection import Connection
from app.domain.sso_only.readiness_issues import ReadinessIssue
from app.domain.sso_only.readiness_report import LastSso, Readiness


@click.command("readiness")
@click.argument("slug")
@json_option
def readiness(*, slug: str, as_json: bool) -> None:
    """Show who could sign in under sso_only. Changes nothing; the exit code is always 0."""
    found = open_migrated_bridge().readiness.of(slug)
    if as_json:
        show_json(_object(found))
        return
    show(title(found.tenant.slug, beside="ready for sso_only" if found.ready else "not ready for sso_only"))
    show(facts(_facts(found), indent=2), "")
    table = columns("ACCOUNTS", "", "")
    for group in found.groups:
        table.add_row(str(group.count), group.title, group.sentence)
    show(table)
    _show_remarks("Blockers", found.blockers, style="red")
    _show_remarks("Warnings", found.warnings, style="yellow")


def _show_remarks(heading: str, issues: tuple[ReadinessIssue, ...], *, style: str) -> None:
    if issues:
        show("", title(heading))
    for issue in issues:
        show(Text(f"- {plain(issue.text)}", style=style))


def _facts(found: Readiness) -> list[tuple[str, str | Text]]:
    password = found.password
    more = " or more" if password.at_least else ""
    return [
        ("policy", found.tenant.policy),
        ("proven", f"{found.percentage}% ({found.proven} of {found.accounts} active accounts, last 30 days)"),
        ("expected", f"{found.expected_percentage}% ({found.expected}: proven, or would match)"),
        ("tested", ", ".join(f"{one.name} {_tested(one.tested, one.tested_at)}" for one in found.connections)),
        ("last SSO", _last_sso(found.last_sso)),
        ("admins proven", f"{sum(admin.proven for admin in found.admins)} of {len(found.admins)}"),
        ("password logins", f"{password.logins}{more} by {password.people} people in 30 days"),
        ("would end now", f"{found.preview.password_sessions} sessions opened with a password"),
        ("apps", f"{found.preview.password_apps} stay signed in after a password login, and would not"),
        ("under password", f"{found.preview.sso_sessions} sessions opened with OAuth Login would end instead"),
    ]


def _tested(tested: bool, at: float | None) -> str:  # noqa: FBT001 - a connection's own word
    return when(at or 0) if tested else "not with its current settings"


def _last_sso(last: LastSso | None) -> str:
    if last is None:
        return "none recorded"
    who = f" by {last.username}" if last.username else ""
    return f"{when(last.at)}{who} via {last.connection}: {', '.join(last.claims) or 'no claims'}"


def _object(found: Readiness) -> dict[str, object]:
    password, preview = found.password, found.preview
    return {
        "tenant": found.tenant.slug,
        "policy": found.tenant.policy.value,
        "ready": found.ready,
        "accounts": found.accounts,
        "proven": found.proven,
        "proven_percent": found.percentage,
        "expected": found.expected,
        "expected_percent": found.expected_percentage,
        "groups": {one.group.value: one.count for one in found.groups},
        "connections": [_connection(one) for one in found.connections],
        "last_sso": _last_sso_object(found.last_sso),
        "admins": [{"username": one.account.username, "proven": one.proven} for one in found.admins],
        "password": {
            "people": password.people,
            "without_sso": password.without_sso,
            "logins": password.logins,
            "logins_at_least": password.at_least,
            "sessions": password.sessions,
        },
        "ends": {
            "password_sessions": preview.password_sessions,
            "sso_sessions": preview.sso_sessions,
            "password_apps": preview.password_apps,
            "sso_apps": preview.sso_apps,
            "left_out": preview.outside,
        },
        "blockers": [_issue(issue) for issue in found.blockers],
        "warnings": [_issue(issue) for issue in found.warnings],
    }


def _connection(one: Connection) -> dict[str, object]:
    return {
        "name": one.name,
        "match_by": one.provider.match_by.value,
        "tested": one.tested,
        "tested_at": one.tested_at,
    }


def _last_sso_object(last: LastSso | None) -> dict[str, object] | None:
    if last is None:
        return None
    return {
        "at": last.at,
        "username": last.username,
        "connection": last.connection,
        "reference": last.reference,
        "purpose": last.purpose.value,
        "claims": list(last.claims),
    }


def _issue(issue: ReadinessIssue) -> dict[str, str]:
    return {
        "kind": issue.kind.value,
        "sentence": issue.sentence % issue.values,
        "remedy": issue.remedy % issue.values,
    }
