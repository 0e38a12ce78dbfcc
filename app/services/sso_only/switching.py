"""What leads up to a switch: observing, a tenant's request, a plan that the worker carries out (docs/rules.md, rule 5).

Each change is one transaction over the locked tenant with one audit entry; where it is so already, nothing is written.
The switch itself is services/sso_only/enforcement.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.domain.audit.audit import AuditEntry
from app.domain.errors import ChangedMeanwhile, Detail, InvalidInput, NotFound
from app.domain.sso_only.readiness_report import Preview
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import LATE_S, PlannedSwitch, SwitchRequest, note_problem, time_problem
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.mail.outbox import OutboxService
from app.services.sso_only.enforcement import Enforcement, SwitchRefused, planned_as
from app.services.sso_only.readiness import ReadinessService, blockers
from app.services.sso_only.switch_notices import planner_is_gone, tell_planner
from app.services.tenants.named import locked_tenant


class NotPossible(Exception):
    """The tenant is not in a state for this; nothing was changed. `sentence` has `%(name)s` for its `values`."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values = values


ALREADY_SO = "%(tenant)s is already %(policy)s; nothing was changed."
ALREADY_PLANNED = "A switch of %(tenant)s to sso_only is already planned."
PLANNER_GONE = "%(actor)s, who planned this, no longer has the support role. Ask someone in support to plan it again."
NO_PASSWORDS_TO_OBSERVE = "%(tenant)s is sso_only, so there are no password logins to observe."


@dataclass(frozen=True, slots=True)
class SwitchService:
    """All methods but `request` are support's. Each raises NotFound, and InvalidInput for a time or a reason.

    Those that return a bool say whether anything was changed: False where it was so already.
    """

    database: Database
    clock: Clock
    audit: AuditService
    enforcement: Enforcement
    readiness: ReadinessService
    outbox: OutboxService

    def preview(self, slug: str) -> Preview:
        """What a switch to `sso_only` would do at this moment."""
        return self.readiness.of(slug).preview

    def plan(
        self,
        slug: str,
        policy: LoginPolicy,
        *,
        at: float,
        actor: str,
        client_ip: str,
        reason: str,
        override: bool = False,
        accepted: Collection[str] | None = None,
    ) -> Tenant:
        """Switch at `at`. A plan takes the place of the one before; the same again changes nothing.

        `override` goes over the kinds of blockers that are `accepted`; None: over whatever there is.
        Raises SwitchRefused where blockers stand in the way now, and NotPossible where the policy is so already.
        """
        _say_why(reason)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            now = self.clock.now()
            if problem := time_problem(at, now=now):
                raise InvalidInput("at", problem)
            if tenant.policy is policy:
                raise NotPossible(ALREADY_SO, tenant=slug, policy=policy.value)
            found = blockers(work, tenant, policy, now=now)
            new = [one for one in found if not override or (accepted is not None and one.kind.value not in accepted)]
            if new:
                raise SwitchRefused(new)
            kinds = tuple(issue.kind.value for issue in found)
            plan = PlannedSwitch(policy, at=at, actor=actor, address=client_ip, reason=reason, overridden=kinds)
            if tenant.planned is not None and _same(tenant.planned, plan):
                return tenant
            after = replace(tenant, planned=plan)
            work.tenants.save(after)
            self._record(
                work,
                tenant,
                "tenant.switch_planned",
                actor=actor,
                client_ip=client_ip,
                before=planned_as(tenant.planned),
                after={**planned_as(plan), "overridden": [issue.text for issue in found]},
                reason=reason,
            )
            return after

    def cancel(self, slug: str, *, actor: str, client_ip: str, reason: str, at: float | None = None) -> bool:
        """Drop the plan: the one for `at`, where that is said. Raises ChangedMeanwhile where it is another now."""
        _say_why(reason)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if tenant.planned is None:
                return False
            if at is not None and tenant.planned.at != at:
                raise ChangedMeanwhile("tenant", slug)
            work.tenants.save(replace(tenant, planned=None))
            self._record(
                work,
                tenant,
                "tenant.switch_cancelled",
                actor=actor,
                client_ip=client_ip,
                before=planned_as(tenant.planned),
                reason=reason,
            )
            return True

    def carry_out_due(self) -> int:
        """Switch the tenants whose time has come. Any number of workers may do it at once. Returns how many it was.

        One that cannot be switched at this moment keeps no other waiting, and is tried again.
        """
        with self.database.read() as work:
            due = work.tenants.with_due_switch(now=self.clock.now())
        switched, failed = 0, None
        for tenant_id in due:
            try:
                switched += self._carry_out(tenant_id)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on; it is raised afterwards
                failed = error
        if failed is not None:
            raise failed
        return switched

    def overdue(self) -> int:
        """How many switches have been due for minutes: no worker runs, or it cannot."""
        with self.database.read() as work:
            return len(work.tenants.with_due_switch(now=self.clock.now() - LATE_S))

    def request(self, tenant_id: TenantId, *, actor: str, client_ip: str, note: str = "") -> bool:
        """A tenant's admin asks for `sso_only`; support decides. One request at a time. Raises NotPossible."""
        if problem := note_problem(note, required=False):
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
            wish = SwitchRequest(at=self.clock.now(), actor=actor, note=note)
            work.tenants.save(replace(tenant, requested=wish))
            self._record(
                work,
                tenant,
                "tenant.switch_requested",
                actor=actor,
                client_ip=client_ip,
                after={"policy": LoginPolicy.SSO_ONLY.value},
                reason=note,
            )
            return True

    def decline(self, slug: str, *, actor: str, client_ip: str, reason: str) -> bool:
        """Answer a request with no; the tenant may ask again."""
        _say_why(reason)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if tenant.requested is None:
                return False
            work.tenants.save(replace(tenant, requested=None))
            self._record(
                work,
                tenant,
                "tenant.switch_declined",
                actor=actor,
                client_ip=client_ip,
                before={"requested_by": tenant.requested.actor, "requested_at": tenant.requested.at},
                reason=reason,
            )
            return True

    def observe(self, slug: str, on: bool, *, actor: str, client_ip: str, reason: str) -> bool:  # noqa: FBT001 - as asked
        """Whether password logins record that `sso_only` would have refused them. Raises NotPossible where it does."""
        _say_why(reason)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            if on and not tenant.policy.takes_passwords:
                raise NotPossible(NO_PASSWORDS_TO_OBSERVE, tenant=slug)
            if on is (tenant.observing_since is not None):
                return False
            work.tenants.save(replace(tenant, observing_since=self.clock.now() if on else None))
            self._record(
                work,
                tenant,
                "tenant.observing",
                actor=actor,
                client_ip=client_ip,
                before={"observing": not on},
                after={"observing": on},
                reason=reason,
            )
            return True

    def _carry_out(self, tenant_id: TenantId) -> bool:
        """One transaction: after a crash in the middle the plan is still there and nothing is done."""
        with self.database.write() as work:
            tenant = work.tenants.lock(tenant_id)
            now = self.clock.now()
            plan = tenant.planned if tenant else None
            if tenant is None or plan is None or plan.at > now:  # another worker was faster, or support
                return False
            without = replace(tenant, planned=None)
            found = blockers(work, tenant, plan.policy, now=now)
            new = [issue.text for issue in found if issue.kind.value not in plan.overridden]
            if planner_is_gone(work, plan.actor):
                new.append(PLANNER_GONE % {"actor": plan.actor})
            if new:
                work.tenants.save(without)
                self._not_done(work, tenant, plan, new)
                return False
            switched = self.enforcement.switch_within(
                work,
                without,
                plan.policy,
                actor=plan.actor,
                client_ip=plan.address,
                reason=plan.reason,
                override=bool(found),
            )
            return switched.before is not plan.policy

    def _not_done(self, work: Work, tenant: Tenant, plan: PlannedSwitch, sentences: list[str]) -> None:
        self._record(
            work,
            tenant,
            "tenant.switch_not_done",
            actor=plan.actor,
            client_ip=plan.address,
            before=planned_as(plan),
            after={"policy": tenant.policy.value, "blockers": sentences},
            reason=plan.reason,
        )
        tell_planner(work, self.outbox, tenant, plan, sentences)

    def _record(
        self,
        work: Work,
        tenant: Tenant,
        action: str,
        *,
        actor: str,
        client_ip: str,
        before: Mapping[str, Detail] | None = None,
        after: Mapping[str, Detail] | None = None,
        reason: str,
    ) -> None:
        entry = AuditEntry(
            tenant_id=tenant.id,
            at=self.clock.now(),
            actor=actor,
            address=client_ip,
            action=action,
            subject=tenant.slug,
            before=before or {},
            after=after or {},
            reason=reason,
        )
        self.audit.record(work, entry)


def _say_why(reason: str) -> None:
    if problem := note_problem(reason, required=True):
        raise InvalidInput("reason", problem)


def _same(one: PlannedSwitch, other: PlannedSwitch) -> bool:
    """A second click, or a second supporter with the same wish."""
    return (one.policy, one.at, one.overridden) == (other.policy, other.at, other.overridden)
