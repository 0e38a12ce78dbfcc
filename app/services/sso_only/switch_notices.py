"""Who planned a switch: whether they are still allowed to, and the mail that tells them why it did not happen."""

from collections.abc import Sequence

from app.domain.accounts.account import STAFF_ROLES, Account
from app.domain.mail.message import Message
from app.domain.tenants.planned_switch import PlannedSwitch
from app.domain.tenants.tenant import Status, Tenant
from app.domain.text import Reader, Text, joined
from app.ports.repositories import Work
from app.services.mail.outbox import OutboxService


def planner_is_gone(work: Work, actor: str) -> bool:
    """Whether the staff member who planned it is disabled or has lost the role; False for the command line."""
    _, account = _account_of(work, actor)
    return account is not None and not (account.status is Status.ACTIVE and set(STAFF_ROLES) & set(account.roles))


def tell_planner(
    work: Work, outbox: OutboxService, tenant: Tenant, plan: PlannedSwitch, blockers: Sequence[str]
) -> None:
    """Call in the transaction that drops the plan."""
    home, account = _account_of(work, plan.actor)
    if home is not None and account is not None:
        reader = home.reader_of(account.language)
        outbox.tell(work, account, _not_done_mail(tenant, plan, blockers, to=account.email or "", reader=reader))


def _account_of(work: Work, actor: str) -> tuple[Tenant | None, Account | None]:
    """The account of `staff/sam` and its tenant; None for the command line."""
    slug, _, username = actor.partition("/")
    home = work.tenants.by_slug(slug) if username else None
    return home, work.accounts.by_username(home.id, username) if home else None


def _not_done_mail(tenant: Tenant, plan: PlannedSwitch, blockers: Sequence[str], *, to: str, reader: Reader) -> Message:
    lines = joined(*(joined("- ", sentence) for sentence in blockers), by="\n")
    return Message(
        to=to,
        subject=Text("%(tenant)s was not switched to %(policy)s", tenant=tenant.slug, policy=plan.policy.value),
        body=Text(
            "You planned to switch %(name)s (%(tenant)s) to %(policy)s. The switch did not happen, because there are "
            "now blockers:\n\n%(blockers)s\n\n"
            "Nothing was changed: %(tenant)s is still %(present)s, and the planned switch has been cancelled. Fix the "
            "blockers above, then plan the switch again.\n",
            name=tenant.name,
            tenant=tenant.slug,
            policy=plan.policy.value,
            present=tenant.policy.value,
            blockers=lines,
        ),
        reader=reader,
    )
