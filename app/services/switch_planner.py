"""The mail that tells who planned a switch why it did not happen."""

from collections.abc import Sequence
from contextlib import suppress

from app.domain.message import Message
from app.domain.policy_switch import PlannedSwitch
from app.domain.tenant import Status, Tenant
from app.ports.repositories import Work
from app.services.outbox import OutboxService


def tell_planner(
    work: Work, outbox: OutboxService, tenant: Tenant, plan: PlannedSwitch, blockers: Sequence[str]
) -> None:
    """In the transaction that drops the plan."""
    to = _email_of(work, plan.actor)
    if to is None:
        return
    # An address that no mail can go to loses the message, never what is written beside it.
    with suppress(ValueError):
        outbox.enqueue(work, _not_done_mail(tenant, plan, blockers, to=to))


def _email_of(work: Work, actor: str) -> str | None:
    """Of `staff/sam`; None for the command line, and for who is not here any more."""
    slug, _, username = actor.partition("/")
    home = work.tenants.by_slug(slug) if username else None
    account = work.accounts.by_username(home.id, username) if home else None
    return account.email if account and account.status is Status.ACTIVE else None


def _not_done_mail(tenant: Tenant, plan: PlannedSwitch, blockers: Sequence[str], *, to: str) -> Message:
    lines = "\n".join(f"- {sentence}" for sentence in blockers)
    return Message(
        to=to,
        subject=f"{tenant.slug} was not switched to {plan.policy.value}",
        body=(
            f"You planned to switch {tenant.name} ({tenant.slug}) to {plan.policy.value}. The time has come, but "
            f"meanwhile something has come up that would lock people out:\n\n{lines}\n\n"
            f"Nothing was changed: {tenant.slug} is still {tenant.policy.value}, and the plan is gone. "
            "Put right what is named above, and plan it again.\n"
        ),
    )
