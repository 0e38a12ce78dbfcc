"""A tenant's security settings in the console: networks, session limits, second factor, throttling, shared desks."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.audit.audit import Actor, differing
from app.domain.errors import ChangedMeanwhile, Refused
from app.domain.tenants.security_settings import TenantSecuritySettings
from app.domain.tenants.tenant import STAFF, Tenant
from app.domain.text import Text
from app.ports.repositories import Database, Work
from app.ports.system import Clock
from app.services.audit.audit import AuditService
from app.services.tenants.named import locked_tenant


class SecuritySettingsRefused(Refused):
    """Nothing was changed. `problems` pairs a key (empty for all of them together) with what is wrong."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key} {problem}".strip() for key, problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class TenantSecurityService:
    """The same rules as for an `apply` file (domain/tenants/security_settings.py)."""

    database: Database
    clock: Clock
    audit: AuditService

    def change(
        self, slug: str, wanted: TenantSecuritySettings, *, version: str, by: Actor
    ) -> tuple[TenantSecuritySettings, TenantSecuritySettings]:
        """One transaction, one audit entry; nothing if nothing differs. Returns the old and the new settings.

        `version` is that of the values the form started from. Raises NotFound, ChangedMeanwhile and
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
            _require_a_way_in(after, by.client_ip)
            changed = TenantSecuritySettings.of_tenant(after)
            if changed != before:
                self._save(work, tenant, after, by=by)
        return before, changed

    def _save(self, work: Work, tenant: Tenant, after: Tenant, *, by: Actor) -> None:
        now = self.clock.now()
        work.tenants.save(after)
        if after.limits != tenant.limits:
            work.sessions.end_past(tenant.id, tenant.limits, at=now)
        was, becomes = differing(
            TenantSecuritySettings.of_tenant(tenant).shown(), TenantSecuritySettings.of_tenant(after).shown()
        )
        self.audit.record(
            work,
            by.did("tenant.changed", tenant.slug, tenant_id=tenant.id, at=now, before=was, after=becomes),
        )


def _require_a_way_in(after: Tenant, client_ip: str) -> None:
    """Staff who lock themselves out could not undo it here."""
    if after.slug == STAFF and not after.security.admits(client_ip):
        problem = Text(
            "would lock you out: your address, %(address)s, is not in any of these networks", address=client_ip
        )
        raise SecuritySettingsRefused([("allowed_networks", problem)])
