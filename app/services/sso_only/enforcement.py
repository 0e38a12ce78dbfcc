"""The one decision point for credentials, and the switch (docs/rules.md, rules 4 and 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.audit.audit import COMMAND_LINE, AuditEntry
from app.domain.errors import Detail, InvalidInput, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.sso_only.readiness_issues import ReadinessIssue
from app.domain.tenants.login_policy import LoginPolicy, Method, refusal
from app.domain.tenants.planned_switch import PlannedSwitch, note_problem
from app.domain.tenants.tenant import Status, Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.sso_only.readiness import blockers
from app.services.tenants.named import locked_tenant


class SwitchRefused(Exception):
    """The policy stays as it is. `issues` say what is missing and how to meet it, `blockers` the same in English."""

    def __init__(self, refused: Sequence[ReadinessIssue]) -> None:
        self.issues = tuple(refused)
        self.blockers = tuple(issue.text for issue in refused)
        super().__init__(" ".join(self.blockers))


@dataclass(frozen=True, slots=True)
class Switched:
    """What the switch did. `before` equals the policy asked for where there was nothing to do."""

    tenant: Tenant
    before: LoginPolicy
    sessions_ended: int
    overridden: tuple[str, ...] = ()
    dropped: PlannedSwitch | None = None
    """The plan that this switch took the place of."""


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Asked by every path that could open a session or issue a credential."""

    database: Database
    clock: Clock
    audit: AuditService

    def require(self, tenant: Tenant, method: Method, *, client_ip: str | None) -> None:
        """Raises SsoError unless `tenant`, as it is read in this request, accepts `method` from `client_ip`.

        None where it is not the tenant's own people who ask: staff that sends somebody a link.
        """
        self.require_active(tenant, client_ip=client_ip)
        code = refusal(tenant.policy, method)
        if code is not None:
            raise SsoError(code, policy=tenant.policy.value)

    def require_active(self, tenant: Tenant, *, client_ip: str | None) -> None:
        """What holds whatever the method: for attempts that open no session, and so do not ask the login policy."""
        if tenant.status is not Status.ACTIVE:
            raise SsoError(ReasonCode.TENANT_DISABLED)
        if client_ip is not None and not tenant.security.admits(client_ip):
            raise SsoError(
                ReasonCode.NETWORK_NOT_ALLOWED, received=client_ip, expected=", ".join(tenant.security.networks)
            )

    def switch(
        self,
        slug: str,
        policy: LoginPolicy,
        *,
        actor: str,
        client_ip: str = COMMAND_LINE,
        reason: str,
        override: bool = False,
    ) -> Switched:
        """Change a tenant's policy: one transaction, one audit entry, nothing where it is so already.

        Raises NotFound, and SwitchRefused where `sso_only` would lock people out and `override` is not given.
        """
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            return self.switch_within(
                work, tenant, policy, actor=actor, client_ip=client_ip, reason=reason, override=override
            )

    def switch_within(
        self,
        work: Work,
        tenant: Tenant,
        policy: LoginPolicy,
        *,
        actor: str,
        client_ip: str = COMMAND_LINE,
        reason: str,
        override: bool = False,
    ) -> Switched:
        """`switch` inside somebody else's transaction; `tenant` has been read with `lock`.

        What was opened by a way that is closed now ends. Whatever was planned is done with, and at `sso_only` what led
        up to it: observing, and the tenant's request.
        """
        if tenant.policy is policy:
            return Switched(tenant=tenant, before=policy, sessions_ended=0)
        if problem := note_problem(reason, required=True):
            raise InvalidInput("reason", problem)
        now = self.clock.now()
        found = blockers(work, tenant, policy, now=now)
        if found and not override:
            raise SwitchRefused(found)
        after = replace(tenant, policy=policy, planned=None)
        ended = 0
        if not policy.takes_passwords:
            # Above every one before, also where a backup was restored since: what was made then stays dead.
            epoch = max(tenant.password_epoch + 1, int(now / 60))
            after = replace(after, password_epoch=epoch, observing_since=None, requested=None)
            ended = work.sessions.end_of_tenant(tenant.id, at=now, method=Method.PASSWORD)
        elif not policy.takes_sso:
            ended = work.sessions.end_of_tenant(tenant.id, at=now, method=Method.SSO)
        work.tenants.save(after)
        overridden = tuple(issue.text for issue in found)
        self.audit.record(
            work,
            AuditEntry(
                tenant_id=tenant.id,
                at=now,
                actor=actor,
                address=client_ip,
                action="tenant.policy",
                subject=tenant.slug,
                before={"policy": tenant.policy.value} | planned_as(tenant.planned),
                after={"policy": policy.value, "sessions_ended": ended, "overridden": list(overridden)},
                reason=reason,
            ),
        )
        return Switched(
            tenant=after, before=tenant.policy, sessions_ended=ended, overridden=overridden, dropped=tenant.planned
        )


def planned_as(plan: PlannedSwitch | None) -> dict[str, Detail]:
    """A plan as the audit writes it; nothing where there is none."""
    return {} if plan is None else {"planned_policy": plan.policy.value, "planned_at": plan.at}
