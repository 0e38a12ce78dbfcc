"""What a tenant demands of logins, set in the console: networks, session limits, second factor, throttling, desks."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.audit.audit import AuditEntry, differing
from app.domain.errors import ChangedMeanwhile
from app.domain.tenants.security_settings import TenantSecuritySettings
from app.domain.tenants.tenant import STAFF, Tenant
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.tenants.named import locked_tenant


class SecuritySettingsRefused(Exception):
    """Nothing was changed. `problems` are a key each (empty: of all together) and what is wrong with it."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key} {problem}".strip() for key, problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class TenantSecurityService:
    """The same rules as an `apply` file's (domain/tenants/security_settings.py)."""

    database: Database
    clock: Clock
    audit: AuditService

    def change(
        self, slug: str, wanted: TenantSecuritySettings, *, version: str, actor: str, client_ip: str, reason: str
    ) -> tuple[TenantSecuritySettings, TenantSecuritySettings]:
        """One transaction, one audit entry, nothing where all is so already. Returns what was and what is now.

        `version` is of the values that the form began with. Raises NotFound, ChangedMeanwhile and
        SecuritySettingsRefused.
        """
        if problems := list(wanted.problems()):
            raise SecuritySettingsRefused(problems)
        with self.database.write() as work:
            tenant = locked_tenant(work, slug)
            before = TenantSecuritySettings.of_tenant(tenant)
            if before.version != version:
                raise ChangedMeanwhile("security settings", slug)
            after = wanted.made_by(tenant)
            _require_a_way_in(after, client_ip)
            changed = TenantSecuritySettings.of_tenant(after)
            if changed != before:
                self._save(work, tenant, after, actor=actor, client_ip=client_ip, reason=reason)
        return before, changed

    def _save(self, work: Work, tenant: Tenant, after: Tenant, *, actor: str, client_ip: str, reason: str) -> None:
        now = self.clock.now()
        work.tenants.save(after)
        if after.limits != tenant.limits:
            work.sessions.end_past(tenant.id, tenant.limits, at=now)
        was, becomes = differing(
            TenantSecuritySettings.of_tenant(tenant).shown(), TenantSecuritySettings.of_tenant(after).shown()
        )
        self.audit.record(
            work,
            AuditEntry(
                tenant_id=tenant.id,
                at=now,
                actor=actor,
                address=client_ip,
                action="tenant.changed",
                subject=tenant.slug,
                before=was,
                after=becomes,
                reason=reason,
            ),
        )


def _require_a_way_in(after: Tenant, client_ip: str) -> None:
    """Staff who shut themselves out could not take it back here."""
    if after.slug == STAFF and not after.security.admits(client_ip):
        problem = f"would lock you out: your address, {client_ip}, is not in any of these networks"
        raise SecuritySettingsRefused([("allowed_networks", problem)])
