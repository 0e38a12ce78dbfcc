"""Support's decision about a tenant's policy, made on what a page showed. Where that has changed, nothing is done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.audit.audit import AuditEntry, chain_of
from app.domain.errors import ChangedMeanwhile
from app.domain.sso_only.readiness_issues import ReadinessIssue
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.sso_only.enforcement import Enforcement, Switched, SwitchRefused
from app.services.sso_only.readiness import blockers
from app.services.sso_only.switching import SwitchService
from app.services.tenants.named import locked_tenant, tenant_named

SWITCHED = "tenant.policy"
"""The action under which the audit knows a switch."""


@dataclass(frozen=True, slots=True)
class SwitchCommand:
    """`version` is of the page that it was made on; `accepted` are the kinds of blockers that it goes over."""

    slug: str
    policy: LoginPolicy
    reason: str
    version: str
    accepted: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class SwitchDecisions:
    """A second click, or a second supporter with the same wish, finds it done."""

    database: Database
    clock: Clock
    enforcement: Enforcement
    switching: SwitchService

    def carry_out(self, decision: SwitchCommand, *, actor: str, client_ip: str) -> Switched:
        """Switch now, in one transaction with the look at what is so.

        Raises NotFound, ChangedMeanwhile, SwitchRefused for blockers that were not accepted, and InvalidInput.
        """
        with self.database.write() as work:
            tenant = locked_tenant(work, decision.slug)
            if tenant.policy is not decision.policy:
                self._require_seen(work, tenant, decision)
            return self.enforcement.switch_within(
                work,
                tenant,
                decision.policy,
                actor=actor,
                client_ip=client_ip,
                reason=decision.reason,
                override=bool(decision.accepted),
            )

    def plan(self, decision: SwitchCommand, *, at: float, actor: str, client_ip: str) -> Tenant:
        """As `SwitchService.plan`; raises ChangedMeanwhile besides."""
        with self.database.read() as work:
            tenant = tenant_named(work, decision.slug)
            if not _planned_so(tenant, decision.policy, at):
                self._require_seen(work, tenant, decision)
        return self.switching.plan(
            decision.slug,
            decision.policy,
            at=at,
            actor=actor,
            client_ip=client_ip,
            reason=decision.reason,
            override=bool(decision.accepted),
            accepted=decision.accepted,
        )

    def in_the_way(self, tenant: Tenant, policy: LoginPolicy) -> Sequence[ReadinessIssue]:
        """What such a switch would have to go over now."""
        with self.database.read() as work:
            return blockers(work, tenant, policy, now=self.clock.now())

    def last_switch(self, tenant: Tenant) -> AuditEntry | None:
        """Who made the policy what it is, when and why; None where it was made so."""
        with self.database.read() as work:
            found = work.audit.latest(chain_of(tenant.id), action=SWITCHED, most=1)
        return found[0].entry if found else None

    def _require_seen(self, work: Work, tenant: Tenant, decision: SwitchCommand) -> None:
        if version(tenant) != decision.version:
            raise ChangedMeanwhile("tenant", tenant.slug)
        found = blockers(work, tenant, decision.policy, now=self.clock.now())
        new = [issue for issue in found if issue.kind.value not in decision.accepted]
        if new:
            raise SwitchRefused(new)


def version(tenant: Tenant) -> str:
    """What a page about a tenant's policy stands on; it changes with every switch and every plan."""
    plan = tenant.planned
    return f"{tenant.policy.value}/{tenant.password_epoch}/" + (f"{plan.policy.value}@{plan.at}" if plan else "")


def _planned_so(tenant: Tenant, policy: LoginPolicy, at: float) -> bool:
    return tenant.planned is not None and (tenant.planned.policy, tenant.planned.at) == (policy, at)
