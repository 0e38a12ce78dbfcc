"""`sso-bridge tenant policy|cancel-switch|observe`: switch now or later, and prepare for it."""

from datetime import UTC, datetime

import click
from rich.text import Text

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.errors import BadInput, Stopped
from app.cli.options import json_option, reason_option
from app.cli.output import plain, show, show_json, when
from app.domain.errors import InvalidInput
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch
from app.domain.tenants.tenant import Tenant
from app.services.sso_only.enforcement import Switched
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand, SwitchRefused
from app.wiring import Bridge

TIME = "%Y-%m-%dT%H:%MZ"


def moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """ISO 8601 with a time zone, without which nine o'clock is ambiguous."""
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("use a time like 2026-11-30T08:00Z or 2026-11-30T09:00+01:00") from error
    if read.tzinfo is None:
        raise click.BadParameter(f"add a time zone; for UTC, use {read.replace(tzinfo=UTC).strftime(TIME)}")
    return read.timestamp()


@click.command("policy")
@click.argument("slug")
@click.argument("policy", type=click.Choice([policy.value for policy in LoginPolicy]))
@reason_option
@click.option("--at", metavar="TIME", callback=moment, help="Plan the switch for this time. ISO 8601 with a time zone.")
@click.option("--override", is_flag=True, help="Switch despite blockers. This is recorded.")
@json_option
def set_policy(*, slug: str, policy: str, reason: str, at: float | None, override: bool, as_json: bool) -> None:
    """Switch a tenant's sign-in policy: passwords, SSO, or both."""
    bridge = open_migrated_bridge()
    accepted = EVERY_BLOCKER if override else ()
    command = SwitchCommand(slug, LoginPolicy(policy), by=actor(reason), at=at, accepted=accepted)
    try:
        if at is None:
            _show_switched(bridge.enforcement.switch(command), as_json=as_json)
        else:
            _show_planned(_planned(bridge, command), as_json=as_json)
    except SwitchRefused as refused:
        blockers = "\n".join(f"- {blocker}" for blocker in refused.blockers)
        raise Stopped(
            f"{slug} was not switched to {policy}:\n{blockers}\nTo switch anyway, add --override."
        ) from refused


@click.command("cancel-switch")
@click.argument("slug")
@reason_option
def cancel_switch(*, slug: str, reason: str) -> None:
    """Cancel a tenant's planned switch."""
    bridge = open_migrated_bridge()
    if bridge.switching.cancel(slug, by=actor(reason)):
        show(f"The planned switch of {slug} was cancelled.")
    else:
        show(f"{slug} has no planned switch; nothing was changed.")


@click.command("observe")
@click.argument("slug")
@click.argument("state", type=click.Choice(["on", "off"]))
@reason_option
def observe(*, slug: str, state: str, reason: str) -> None:
    """Record password logins that sso_only would refuse. No one is refused; those people are offered a check."""
    bridge = open_migrated_bridge()
    changed = bridge.switching.observe(slug, state == "on", by=actor(reason))
    show(f"{slug}: observing is {state}." if changed else f"{slug}: observing is already {state}; nothing was changed.")


def planned_text(plan: PlannedSwitch) -> str:
    return f"{plan.policy} at {when(plan.at)}, by {plan.actor}"


def planned_object(plan: PlannedSwitch | None) -> dict[str, object] | None:
    if plan is None:
        return None
    return {
        "policy": plan.policy.value,
        "at": plan.at,
        "actor": plan.actor,
        "reason": plan.reason,
        "overridden": list(plan.overridden),
    }


def _planned(bridge: Bridge, command: SwitchCommand) -> Tenant:
    try:
        return bridge.switching.plan(command)
    except InvalidInput as error:
        raise BadInput(f"--at {error.problem}") from error


def _show_planned(tenant: Tenant, *, as_json: bool) -> None:
    plan = tenant.planned
    if as_json:
        show_json({"tenant": tenant.slug, "policy": tenant.policy.value, "planned": planned_object(plan)})
    elif plan is not None:
        wanted = f"{tenant.policy} → {plan.policy} at {when(plan.at)}"
        show(f"{tenant.slug}: planned {wanted}. `sso-bridge worker` carries it out.")


def _show_switched(switched: Switched, *, as_json: bool) -> None:
    slug, policy = switched.tenant.slug, switched.tenant.policy
    if as_json:
        show_json(_switched_object(switched))
        return
    if switched.before is policy:
        show(f"{slug} is already {policy}; nothing was changed.")
        return
    show(f"{slug}: {switched.before} → {policy}")
    if policy is LoginPolicy.SSO_ONLY:
        show(f"Passwords no longer work; sessions ended: {switched.sessions_ended}")
    elif policy is LoginPolicy.PASSWORD:
        show(f"SSO no longer works; sessions ended: {switched.sessions_ended}")
    if switched.apps_ended:
        show(f"Apps signed out: {switched.apps_ended}")
    if switched.dropped is not None:
        show(f"The planned switch ({planned_text(switched.dropped)}) was cancelled.")
    for blocker in switched.overridden:
        show(Text(f"! overridden: {plain(blocker)}", style="yellow"))


def _switched_object(switched: Switched) -> dict[str, object]:
    return {
        "tenant": switched.tenant.slug,
        "before": switched.before.value,
        "policy": switched.tenant.policy.value,
        "sessions_ended": switched.sessions_ended,
        "apps_ended": switched.apps_ended,
        "overridden": list(switched.overridden),
    }
