"""`sso-bridge held`: logins that wait because an address has changed hands, or seems to."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.options import json_option, reason_option
from app.cli.output import facts, show, show_json, title, when
from app.domain.accounts.held import HeldLogin, HeldLoginId
from app.domain.reasons import summary


@click.group()
def held() -> None:
    """Logins that somebody must look at first."""


@held.command("list")
@click.argument("slug")
@json_option
def list_held(*, slug: str, as_json: bool) -> None:
    """Those of a tenant that nobody has decided, oldest first."""
    tenant, waiting = open_migrated_bridge().held.waiting(slug)
    if as_json:
        show_json([_object(one) for one in waiting])
        return
    if not waiting:
        show(f"No login of {tenant.slug} is held.")
    for one in waiting:
        show(
            title(one.id, beside=when(one.at)),
            facts(
                [
                    ("signs in as", one.match_value),
                    ("who came now", f"{one.subject} at {one.issuer}"),
                    ("before", one.before),
                    ("reason", f"{one.reason}: {summary(one.reason, {})}"),
                    ("reference", one.reference),
                ],
                indent=2,
            ),
            "",
        )
    if waiting:
        show("Decide with: sso-bridge held accept ID --reason TEXT, or: sso-bridge held refuse ID --reason TEXT")


@held.command()
@click.argument("held_id", metavar="ID")
@reason_option
def accept(*, held_id: str, reason: str) -> None:
    """It is the same person, or the new owner: the accounts are theirs from now on."""
    done = open_migrated_bridge().held.accept(HeldLoginId(held_id), by=actor(reason))
    show(f"Accepted: the next login as {done.match_value} opens its accounts; who held them before is signed out.")


@held.command()
@click.argument("held_id", metavar="ID")
@reason_option
def refuse(*, held_id: str, reason: str) -> None:
    """It is somebody else: this person stays out."""
    done = open_migrated_bridge().held.refuse(HeldLoginId(held_id), by=actor(reason))
    show(f"Refused: logins as {done.match_value} by this person go on being stopped.")


def _object(one: HeldLogin) -> dict[str, object]:
    return {
        "id": one.id,
        "at": one.at,
        "match_value": one.match_value,
        "issuer": one.issuer,
        "subject": one.subject,
        "before": one.before,
        "reason": one.reason.value,
        "reference": one.reference,
    }
