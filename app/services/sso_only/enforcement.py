"""The one decision point for credentials, and the switch (docs/rules.md, rules 4 and 5)."""

from dataclasses import dataclass, replace

from app.domain.errors import Detail, SsoError
from app.domain.mail.notice_mails import NoticeMails
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy, Method, refusal
from app.domain.tenants.planned_switch import PlannedSwitch
from app.domain.tenants.tenant import Status, Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.mail.notices import NoticeService
from app.services.sso_only.readiness import blockers
from app.services.sso_only.switch_command import SwitchCommand, require_reason, require_version
from app.services.tenants.named import locked_tenant

SWITCHED = "tenant.policy"
"""The audit action of a switch."""


@dataclass(frozen=True, slots=True)
class Switched:
    """The result of a switch. `before` equals the requested policy if nothing had to be done."""

    tenant: Tenant
    before: LoginPolicy
    sessions_ended: int
    apps_ended: int = 0
    """Authorizations of apps that would have outlived their sessions."""
    overridden: tuple[str, ...] = ()
    dropped: PlannedSwitch | None = None
    """The plan that this switch replaced."""


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Asked by every path that could open a session or issue a credential."""

    database: Database
    clock: Clock
    audit: AuditService
    notices: NoticeService
    notice_mails: NoticeMails

    def require(self, tenant: Tenant, method: Method, *, client_ip: str | None) -> None:
        """Raises SsoError unless `tenant`, as read in this request, accepts `method` from `client_ip`.

        `client_ip` is None if the request is not from the tenant's own people, as when staff send someone a link.
        """
        self.require_active(tenant, client_ip=client_ip)
        code = refusal(tenant.policy, method)
        if code is not None:
            raise SsoError(code, policy=tenant.policy.value)

    def require_active(self, tenant: Tenant, *, client_ip: str | None) -> None:
        """The checks for every method, also for attempts that open no session and so skip the login policy."""
        if tenant.status is not Status.ACTIVE:
            raise SsoError(ReasonCode.TENANT_DISABLED)
        if client_ip is not None and not tenant.security.admits(client_ip):
            raise SsoError(
                ReasonCode.NETWORK_NOT_ALLOWED, received=client_ip, expected=", ".join(tenant.security.networks)
            )

    def switch(self, command: SwitchCommand) -> Switched:
        """Change a tenant's policy: one transaction, one audit entry; nothing if it has that policy already.

        Raises NotFound, ChangedMeanwhile, SwitchRefused for blockers that were not accepted, and InvalidInput.
        """
        if command.at is not None:
            raise RuntimeError("a switch for later is planned: SwitchService.plan")
        with self.database.write() as work:
            return self.switch_within(work, locked_tenant(work, command.slug), command)

    def switch_within(self, work: Work, tenant: Tenant, command: SwitchCommand) -> Switched:
        """`switch` inside the caller's transaction; `tenant` has been read with `lock`.

        Ends what was opened by a method that is no longer accepted. Also removes the plan and, for `sso_only`, what
        prepared the switch: observe mode and the tenant's request.
        """
        policy, now = command.policy, self.clock.now()
        if tenant.policy is policy:
            return Switched(tenant=tenant, before=policy, sessions_ended=0)
        require_reason(command.by)
        found = blockers(work, tenant, policy, now=now)
        command.require_accepted(found)
        require_version(tenant, command.version)
        after = _switched(tenant, policy, now)
        ended, apps_ended = _end_refused(work, after, now=now)
        work.tenants.save(after)
        overridden = tuple(issue.text for issue in found)
        entry = command.by.did(
            SWITCHED,
            tenant.slug,
            tenant_id=tenant.id,
            at=now,
            before={"policy": tenant.policy.value} | planned_as(tenant.planned),
            after={
                "policy": policy.value,
                "sessions_ended": ended,
                "overridden": list(overridden),
                **({"apps_ended": apps_ended} if apps_ended else {}),
            },
        )
        self.audit.record(work, entry)
        notice = self.notice_mails.switched(after, before=tenant.policy.value, at=now, reason=command.by.reason)
        self.notices.send(work, after, notice)
        return Switched(after, tenant.policy, ended, apps_ended, overridden=overridden, dropped=tenant.planned)


def _end_refused(work: Work, tenant: Tenant, *, now: float) -> tuple[int, int]:
    """What was opened by a method that `tenant` no longer accepts: how many sessions, and how many apps beyond them.

    Before it is stored: afterwards they would not count as live.
    """
    sessions = apps = 0
    for method in Method:
        if refusal(tenant.policy, method) is not None:
            apps += work.authorizations.count_live(tenant.id, now=now, method=method)
            work.authorizations.end_of_tenant(tenant.id, at=now, method=method)
            sessions += work.sessions.end_of_tenant(tenant.id, at=now, method=method)
    return sessions, apps


def _switched(tenant: Tenant, policy: LoginPolicy, now: float) -> Tenant:
    after = replace(tenant, policy=policy, planned=None)
    if policy.takes_passwords:
        return after
    # Higher than any before, even after a backup was restored: what was issued then stays invalid.
    epoch = max(tenant.password_epoch + 1, int(now / 60))
    return replace(after, password_epoch=epoch, observing_since=None, requested=None)


def planned_as(plan: PlannedSwitch | None) -> dict[str, Detail]:
    """A plan as the audit log shows it; empty if there is none."""
    return {} if plan is None else {"planned_policy": plan.policy.value, "planned_at": plan.at}
