"""Who planned a switch: whether they are still allowed to, and the mail that tells them why it did not happen."""

from collections.abc import Sequence

from app.domain.accounts.account import STAFF_ROLES, Account
from app.domain.mail.message import Message
from app.domain.tenants.planned_switch import PlannedSwitch
from app.domain.tenants.tenant import Status, Tenant
from app.ports.repositories import Work
from app.services.mail.outbox import OutboxService


def planner_is_gone(work: Work, actor: str) -> bool:
    """Whether the staff member who planned it is disabled or has lost the role; False for the command line."""
    account = _account_of(work, actor)
    return account is not None and not (account.status is Status.ACTIVE and set(STAFF_ROLES) & set(account.roles))


def tell_planner(
    work: Work, outbox: OutboxService, tenant: Tenant, plan: PlannedSwitch, blockers: Sequence[str]
) -> None:
    """Call in the transaction that drops the plan."""
    account = _account_of(work, plan.actor)
    if account is not None:
        outbox.tell(work, account, _not_done_mail(tenant, plan, blockers, to=account.email or ""))


def _account_of(work: Work, actor: str) -> Account | None:
    """The account of `staff/sam`; None for the command line."""
    slug, _, username = actor.partition("/")
    home = work.tenants.by_slug(slug) if username else None
    return work.accounts.by_username(home.id, username) if home else None


def _not_done_mail(tenant: Tenant, plan: PlannedSwitch, blockers: Sequence[str], *, to: str) -> Message:
    lines = "\n".join(f"- {sentence}" for sentence in blockers)
    return Message(
        to=to,
        subject=f"{tenant.slug} was not switched to {plan.policy.value}",
        body=(
            f"You planned to switch {tenant.name} ({tenant.slug}) to {plan.policy.value}. The switch did not happen, "
            f"because there are now blockers:\n\n{lines}\n\n"
            f"Nothing was changed: {tenant.slug} is still {tenant.policy.value}, and the planned switch has been "
            "cancelled. Fix the blockers above, then plan the switch again.\n"
        ),
    )
