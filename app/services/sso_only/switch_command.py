"""A decision about a tenant's login policy, and the checks made in the transaction that stores it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.audit.audit import Actor
from app.domain.errors import ChangedMeanwhile, InvalidInput, Refused
from app.domain.sso_only.readiness_issues import Kind, ReadinessIssue
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch, note_problem
from app.domain.tenants.tenant import Tenant

EVERY_BLOCKER = frozenset(kind.value for kind in Kind)
"""Accepts every blocker: `--override`."""


class SwitchRefused(Refused):
    """The policy was not changed. `issues` say what is missing and how to fix it, `blockers` the same in English."""

    def __init__(self, issues: Sequence[ReadinessIssue]) -> None:
        self.issues = tuple(issues)
        self.blockers = tuple(issue.text for issue in issues)
        super().__init__(" ".join(self.blockers))


@dataclass(frozen=True, slots=True)
class SwitchCommand:
    """Switch the tenant `slug` to `policy`: now, or at `at` (Unix seconds).

    `version` is that of the page on which it was decided; None if no page was shown (a command, a file, a plan that is
    due). `accepted` are the kinds of blockers that are overridden.
    """

    slug: str
    policy: LoginPolicy
    by: Actor
    at: float | None = None
    version: str | None = None
    accepted: Collection[str] = ()

    def plan(self, at: float, overridden: Sequence[ReadinessIssue]) -> PlannedSwitch:
        """The form in which the tenant stores it until then."""
        return PlannedSwitch(
            self.policy,
            at=at,
            actor=self.by.name,
            address=self.by.client_ip,
            reason=self.by.reason,
            overridden=tuple(issue.kind.value for issue in overridden),
        )

    def require_accepted(self, blockers: Sequence[ReadinessIssue]) -> None:
        """Raises SwitchRefused with the blockers that were not accepted."""
        if new := [issue for issue in blockers if issue.kind.value not in self.accepted]:
            raise SwitchRefused(new)


def command_of(slug: str, plan: PlannedSwitch) -> SwitchCommand:
    """The command for a plan that is due."""
    by = Actor(plan.actor, plan.address, plan.reason)
    return SwitchCommand(slug, plan.policy, by=by, accepted=plan.overridden)


def version(tenant: Tenant) -> str:
    """The version of a tenant's policy page; it changes with every switch, plan and request."""
    plan, wish = tenant.planned, tenant.requested
    planned = f"{plan.policy.value}@{plan.at!r}/{','.join(plan.overridden)}" if plan else ""
    requested = repr(wish.at) if wish else ""
    return f"{tenant.policy.value}/{tenant.password_epoch}/{planned}/{requested}"


def require_version(tenant: Tenant, seen: str | None) -> None:
    """`tenant` is locked. Raises ChangedMeanwhile unless it is as the page showed it; None: there was no page."""
    if seen is not None and seen != version(tenant):
        raise ChangedMeanwhile("tenant", tenant.slug)


def require_reason(by: Actor) -> None:
    """Raises InvalidInput."""
    if problem := note_problem(by.reason, required=True):
        raise InvalidInput("reason", problem)
