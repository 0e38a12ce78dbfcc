"""What leads up to a switch: observe mode, the tenant's request, a plan for the worker (docs/rules.md, rule 5).

Each change is one transaction over the locked tenant with one audit entry; if nothing changes, nothing is written.
The switch itself is services/sso_only/enforcement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.audit.audit import Actor, AuditEntry, AuditFilter, chain_of
from app.domain.errors import Detail, InvalidInput, NotFound, Refused
from app.domain.mail.notice_mails import Notice, NoticeMails
from app.domain.reasons.reason import N_
from app.domain.sso_only.readiness_issues import ReadinessIssue
from app.domain.sso_only.readiness_report import Preview
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import LATE_S, PlannedSwitch, SwitchRequest, note_problem, time_problem
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.sso_only.enforcement import SWITCHED, Enforcement, planned_as
from app.services.sso_only.readiness import ReadinessService, blockers
from app.services.sso_only.switch_command import SwitchCommand, command_of, require_reason, require_version
from app.services.sso_only.switch_notices import planner_is_gone, tell_planner
from app.services.tenants.named import locked_tenant


class NotPossible(Refused):
    """The tenant's state does not allow this; nothing was changed."""


ALREADY_SO = N_("%(tenant)s is already %(policy)s; nothing was changed.")
ALREADY_PLANNED = N_("A switch of %(tenant)s to sso_only is already planned.")
PLANNER_GONE = N_(
    "%(actor)s, who planned this, no longer has the support role. Ask someone in support to plan it again."
)
NO_PASSWORDS_TO_OBSERVE = N_("%(tenant)s is sso_only, so there are no password logins to observe.")


@dataclass(frozen=True, slots=True)
class SwitchService:
    """All methods but `request` are for support. Each raises NotFound, and InvalidInput for a time or a reason.

    Those that return a bool say whether anything changed.
    """

    database: Database
    clock: Clock
    audit: AuditService
    enforcement: Enforcement
    readiness: ReadinessService
    outbox: OutboxService

    def preview(self, slug: str) -> Preview:
        """What a switch to `sso_only` would do now."""
        return self.readiness.of(slug).preview

    def in_the_way(self, tenant: Tenant, policy: LoginPolicy) -> Sequence[ReadinessIssue]:
        """The blockers that such a switch would have to override now."""
        with self.database.read() as work:
            return blockers(work, tenant, policy, now=self.clock.now())

    def last_switch(self, tenant: Tenant) -> AuditEntry | None:
        """Who last changed the policy, when and why; None if the tenant was created with it."""
        with self.database.read() as work:
            found = work.audit.latest(chain_of(tenant.id), AuditFilter(action=SWITCHED), most=1)
        return found[0].entry if found else None

    def decide(self, command: SwitchCommand) -> None:
        """Switch, or plan it. Raises what `Enforcement.switch` and `plan` raise."""
        if command.at is None:
            self.enforcement.switch(command)
        else:
            self.plan(command)

    def plan(self, command: SwitchCommand) -> Tenant:
        """Switch at `command.at`. A plan replaces the one before; the same plan again changes nothing.

        Raises ChangedMeanwhile, SwitchRefused for blockers that were not accepted, and NotPossible if the tenant
        already has that policy.
        """
        if command.at is None:
            raise RuntimeError("a switch for now is not planned: Enforcement.switch")
        require_reason(command.by)
        with self.database.write() as work:
            tenant, now = locked_tenant(work, command.slug), self.clock.now()
            if problem := time_problem(command.at, now=now):
                raise InvalidInput("at", problem)
            if tenant.policy is command.policy:
                raise NotPossible(ALREADY_SO, tenant=tenant.slug, policy=tenant.policy.value)
            found = blockers(work, tenant, command.policy, now=now)
            command.require_accepted(found)
            plan = command.plan(command.at, found)
            if tenant.planned is not None and _same(tenant.planned, plan):
                return tenant
            require_version(tenant, command.version)
            after = replace(tenant, planned=plan)
            work.tenants.save(after)
            was, becomes = planned_as(tenant.planned), planned_as(plan)
            becomes["overridden"] = [issue.text for issue in found]
            planned = command.by.did(
                "tenant.switch_planned", tenant.slug, tenant_id=tenant.id, at=now, before=was, after=becomes
            )
            self.audit.record(work, planned)
            self._tell(
                work,
                after,
                self.notice_mails.planned(
                    after, at=plan.at, decided_at=now, policy=plan.policy.value, reason=command.by.reason
                ),
            )
            return after

    def cancel(self, slug: str, *, by: Actor, version: str | None = None) -> bool:
        """Drop the plan. Raises ChangedMeanwhile if it is not the one of `version` (see SwitchCommand)."""
        require_reason(by)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if tenant.planned is None:
                return False
            require_version(tenant, version)
            work.tenants.save(replace(tenant, planned=None))
            before = planned_as(tenant.planned)
            now = self.clock.now()
            self.audit.record(work, by.did("tenant.switch_cancelled", slug, tenant_id=tenant.id, at=now, before=before))
            at = tenant.planned.at
            self._tell(work, tenant, self.notice_mails.cancelled(tenant, at=at, decided_at=now, reason=by.reason))
            return True

    def carry_out_due(self) -> int:
        """Switch the tenants whose plan is due. Any number of workers may do it at once. Returns their number.

        A tenant that cannot be switched now does not delay the others, and is tried again.
        """
        with self.database.read() as work:
            due = work.tenants.with_due_switch(now=self.clock.now())
        switched, failed = 0, None
        for tenant_id in due:
            try:
                switched += self._carry_out(tenant_id)
            except Exception as error:  # noqa: BLE001 - the others must go on; it is raised afterwards
                failed = error
        if failed is not None:
            raise failed
        return switched

    def overdue(self) -> int:
        """How many switches are overdue by minutes: no worker is running, or it cannot do its work."""
        with self.database.read() as work:
            return len(work.tenants.with_due_switch(now=self.clock.now() - LATE_S))

    def request(self, tenant_id: TenantId, *, by: Actor, version: str | None = None) -> bool:
        """A tenant's admin asks for `sso_only`, with a note or without; support decides.

        One request at a time. `version` as in SwitchCommand. Raises NotPossible and ChangedMeanwhile.
        """
        if problem := note_problem(by.reason, required=False):
            raise InvalidInput("note", problem)
        with self.database.write() as work:
            tenant = work.tenants.lock(tenant_id)
            if tenant is None:
                raise NotFound("tenant", tenant_id)
            if not tenant.policy.takes_passwords:
                raise NotPossible(ALREADY_SO, tenant=tenant.slug, policy=tenant.policy.value)
            if tenant.planned is not None and not tenant.planned.policy.takes_passwords:
                raise NotPossible(ALREADY_PLANNED, tenant=tenant.slug)
            if tenant.requested is not None:
                return False
            require_version(tenant, version)
            wish = SwitchRequest(at=self.clock.now(), actor=by.name, note=by.reason)
            work.tenants.save(replace(tenant, requested=wish))
            after: Mapping[str, Detail] = {"policy": LoginPolicy.SSO_ONLY.value}
            entry = by.did("tenant.switch_requested", tenant.slug, tenant_id=tenant.id, at=wish.at, after=after)
            self.audit.record(work, entry)
            self._tell(work, tenant, self.notice_mails.requested(tenant, at=wish.at, actor=by.name, note=by.reason))
            return True

    def decline(self, slug: str, *, by: Actor, version: str | None = None) -> bool:
        """Refuse a request; the tenant may ask again."""
        require_reason(by)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if tenant.requested is None:
                return False
            require_version(tenant, version)
            work.tenants.save(replace(tenant, requested=None))
            asked: Mapping[str, Detail] = {
                "requested_by": tenant.requested.actor,
                "requested_at": tenant.requested.at,
            }
            entry = by.did("tenant.switch_declined", slug, tenant_id=tenant.id, at=self.clock.now(), before=asked)
            self.audit.record(work, entry)
            return True

    def observe(self, slug: str, on: bool, *, by: Actor, version: str | None = None) -> bool:  # noqa: FBT001 - as asked
        """Start or stop recording that `sso_only` would have refused a password login. Raises NotPossible."""
        require_reason(by)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if on and not tenant.policy.takes_passwords:
                raise NotPossible(NO_PASSWORDS_TO_OBSERVE, tenant=slug)
            if on is (tenant.observing_since is not None):
                return False
            require_version(tenant, version)
            now = self.clock.now()
            work.tenants.save(replace(tenant, observing_since=now if on else None))
            was, becomes = {"observing": not on}, {"observing": on}
            self.audit.record(
                work, by.did("tenant.observing", slug, tenant_id=tenant.id, at=now, before=was, after=becomes)
            )
            return True

    def _carry_out(self, tenant_id: TenantId) -> bool:
        """One transaction: after a crash in between, the plan is still there and nothing was changed."""
        with self.database.write() as work:
            tenant = work.tenants.lock(tenant_id)
            now = self.clock.now()
            plan = tenant.planned if tenant else None
            if tenant is None or plan is None or plan.at > now:  # another worker or support was faster
                return False
            without = replace(tenant, planned=None)
            found = blockers(work, tenant, plan.policy, now=now)
            new = [issue.text for issue in found if issue.kind.value not in plan.overridden]
            if planner_is_gone(work, plan.actor):
                new.append(Text(PLANNER_GONE, actor=plan.actor))
            if new:
                work.tenants.save(without)
                self._not_done(work, tenant, plan, new)
                return False
            return (
                self.enforcement.switch_within(work, without, command_of(tenant.slug, plan)).before is not plan.policy
            )

    def _not_done(self, work: Work, tenant: Tenant, plan: PlannedSwitch, sentences: Sequence[str]) -> None:
        after: Mapping[str, Detail] = {"policy": tenant.policy.value, "blockers": list(sentences)}
        entry = command_of(tenant.slug, plan).by.did(
            "tenant.switch_not_done",
            tenant.slug,
            tenant_id=tenant.id,
            at=self.clock.now(),
            before=planned_as(plan),
            after=after,
        )
        self.audit.record(work, entry)
        tell_planner(work, self.outbox, tenant, plan, sentences)
        self._tell(
            work,
            tenant,
            self.notice_mails.not_done(tenant, policy=plan.policy.value, at=plan.at, blockers=sentences),
        )

    def _tell(self, work: Work, tenant: Tenant, notice: Notice) -> None:
        """Everyone whom it concerns, in the transaction that decides it."""
        self.enforcement.notices.send(work, tenant, notice)

    @property
    def notice_mails(self) -> NoticeMails:
        return self.enforcement.notice_mails


def _same(one: PlannedSwitch, other: PlannedSwitch) -> bool:
    """A second click, or another supporter with the same plan."""
    return (one.policy, one.at, one.overridden) == (other.policy, other.at, other.overridden)
