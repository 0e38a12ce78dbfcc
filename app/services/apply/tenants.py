"""Tenants, by slug, with the objects under them."""

from dataclasses import dataclass, replace

from app.domain.errors import ChangedMeanwhile, Detail, InvalidInput
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_settings import TenantSecuritySettings, usual_demands
from app.domain.tenants.tenant import STAFF, Status, Tenant, TenantId
from app.domain.text import Text, joined
from app.ports.system import Randomness
from app.services.apply.accounts import AccountApplier
from app.services.apply.connections import ConnectionApplier
from app.services.apply.plan import Difference
from app.services.apply.run import Run, shown
from app.services.apply.spec import AccountSpec, Existing, TenantSpec
from app.services.sso_only.enforcement import Enforcement
from app.services.sso_only.switch_command import SwitchCommand, SwitchRefused

_KEYS = ("name", "email_domains", "accent", "status", "language", "time_zone")


@dataclass(frozen=True, slots=True)
class TenantApplier:
    """An existing tenant is locked first: a concurrent switch happens before or after, never in between."""

    enforcement: Enforcement
    connections: ConnectionApplier
    accounts: AccountApplier
    randomness: Randomness

    def run(self, run: Run, spec: TenantSpec) -> None:
        tenant = self._tenant(run, spec)
        for connection in spec.connections:
            self.connections.run(run, tenant, connection)
        self.accounts.run(run, tenant, spec.accounts)
        # Last, so that readiness sees the connections as this file leaves them.
        if spec.policy is not None and spec.policy is not tenant.policy:
            self._policy(run, tenant, spec, spec.policy)

    def staff(self, run: Run, accounts: tuple[AccountSpec, ...]) -> None:
        """The vendor's own people; their tenant is created if it does not exist."""
        tenant = locked(run, STAFF)
        if tenant is None:
            tenant = self._create(run, TenantSpec(path="staff", slug=STAFF, name="Staff"))
        self.accounts.run(run, tenant, accounts)

    def _tenant(self, run: Run, spec: TenantSpec) -> Tenant:
        before = run.locked[spec.slug]
        if before is None:
            return self._create(run, spec)
        if spec.existing is Existing.REFUSE:
            raise InvalidInput(f"{spec.path}.slug", Text("is already used by another tenant"))
        if spec.existing is Existing.LEAVE:
            return before
        if spec.version not in (None, before.version):
            raise ChangedMeanwhile("tenant", spec.slug)
        after = _wanted(before, spec)
        if run.changed("tenant", spec.slug, tenant_id=after.id, before=_shown(before), after=_shown(after)):
            run.work.tenants.save(after)
        if after.limits != before.limits:
            run.work.sessions.end_past(before.id, before.limits, at=run.now)
        if after.status is Status.DISABLED and before.status is Status.ACTIVE:
            run.work.sessions.end_of_tenant(after.id, at=run.now)
            run.work.authorizations.end_of_tenant(after.id, at=run.now)
        return after

    def _create(self, run: Run, spec: TenantSpec) -> Tenant:
        policy = spec.policy or LoginPolicy.PASSWORD
        blank = Tenant(id=TenantId(self.randomness.short_id()), slug=spec.slug, name=spec.name, policy=policy)
        tenant = _wanted(blank, spec)
        run.work.tenants.save(tenant)
        run.created("tenant", spec.slug, tenant_id=tenant.id, after=_shown(tenant) | {"policy": policy.value})
        return tenant

    def _policy(self, run: Run, tenant: Tenant, spec: TenantSpec, policy: LoginPolicy) -> None:
        if not run.set_policy:
            run.note("tenant", spec.slug, f"policy is {tenant.policy}, file says {policy}")
            return
        try:
            self.enforcement.switch_within(run.work, tenant, SwitchCommand(spec.slug, policy, by=run.by))
        except SwitchRefused as refused:
            raise InvalidInput(f"{spec.path}.policy", joined(*refused.blockers, by=" ")) from refused
        run.planned("tenant", spec.slug, [Difference("policy", tenant.policy.value, policy.value)])


def locked(run: Run, slug: str) -> Tenant | None:
    """The tenant as it is now, unchanged until this transaction ends."""
    found = run.work.tenants.by_slug(slug)
    return run.work.tenants.lock(found.id) if found else None


def _wanted(tenant: Tenant, spec: TenantSpec) -> Tenant:
    demands = spec.demands or usual_demands(spec.slug)
    if spec.existing is Existing.DESCRIBE:
        demands = TenantSecuritySettings.of_tenant(tenant)
    return demands.made_by(replace(tenant, **{key: getattr(spec, key) for key in _KEYS}))


def _shown(tenant: Tenant) -> dict[str, Detail]:
    return shown({key: getattr(tenant, key) for key in _KEYS}) | TenantSecuritySettings.of_tenant(tenant).shown()
