"""`sso-bridge held`: logins held because an address seems to have changed hands."""

import click

from app.cli.bridge import actor, open_migrated_bridge
from app.cli.options import json_option, reason_option
from app.cli.output import facts, show, show_json, title, when
from app.domain.accounts.held import HeldLogin, HeldLoginId
from app.domain.reasons import summary


@click.group()
def held() -> None:
    """Review held logins: an address has, or seems to have, a new owner."""


@held.command("list")
@click.argument("slug")
@json_option
def list_held(*, slug: str, as_json: bool) -> None:
    """List a tenant's undecided held logins, oldest first."""
    tenant, waiting = open_migrated_bridge().held.waiting(slug)
    if as_json:
        show_json([_object(one) for one in waiting])
        return
    if not waiting:
        show(f"{tenant.slug} has no held logins.")
    for one in waiting:
        show(
            title(one.id, beside=when(one.at)),
            facts(
                [
                    ("signs in as", one.match_value),
                    ("now used by", f"{one.subject} at {one.issuer}"),
                    ("previously", one.before),
                    ("reason", f"{one.reason}: {summary(one.reason, {})}"),
                    ("reference", one.reference),
                ],
                indent=2,
            ),
            "",
        )
    if waiting:
        show("To decide, run: sso-bridge held accept ID --reason TEXT, or: sso-bridge held refuse ID --reason TEXT")


@held.command()
@click.argument("held_id", metavar="ID")
@reason_option
def accept(*, held_id: str, reason: str) -> None:
    """Accept a held login: the same person, or the new owner."""
    done = open_migrated_bridge().held.accept(HeldLoginId(held_id), by=actor(reason))
    show(f"Accepted: the next login as {done.match_value} opens its accounts, and the previous owner is signed out.")


@held.command()
@click.argument("held_id", metavar="ID")
@reason_option
def refuse(*, held_id: str, reason: str) -> None:
    """Refuse a held login: it is someone else, who stays blocked."""
    done = open_migrated_bridge().held.refuse(HeldLoginId(held_id), by=actor(reason))
    show(f"Refused: logins as {done.match_value} by this person stay blocked.")


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
