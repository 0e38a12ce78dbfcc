"""The audit entries: added and read, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from app.adapters.sql.tables import AuditEntryRow
from app.domain.audit import AuditEntry
from app.domain.tenant import TenantId

COLUMNS = (
    AuditEntryRow.tenant_id,
    AuditEntryRow.at,
    AuditEntryRow.actor,
    AuditEntryRow.action,
    AuditEntryRow.subject,
    AuditEntryRow.before,
    AuditEntryRow.after,
    AuditEntryRow.reason,
)

_ADD = insert(AuditEntryRow)
_IN_ORDER = select(*COLUMNS).order_by(AuditEntryRow.id)
_OF_BRIDGE = _IN_ORDER.where(AuditEntryRow.tenant_id.is_(None))
_OF_TENANT = _IN_ORDER.where(AuditEntryRow.tenant_id == bindparam("tenant"))


def to_domain(values: Sequence[Any]) -> AuditEntry:
    """From the values of `COLUMNS`."""
    tenant_id, at, actor, action, subject, before, after, reason = values
    return AuditEntry(
        tenant_id=tenant_id,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        before=before,
        after=after,
        reason=reason,
    )


def from_domain(entry: AuditEntry) -> Mapping[str, object]:
    return {
        "tenant_id": entry.tenant_id,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "before": dict(entry.before),
        "after": dict(entry.after),
        "reason": entry.reason,
    }


@dataclass(frozen=True, slots=True)
class SqlAudit:
    """The port `Audit`."""

    connection: Connection

    def add(self, entry: AuditEntry) -> None:
        self.connection.execute(_ADD, from_domain(entry))

    def of_tenant(self, tenant_id: TenantId | None) -> Sequence[AuditEntry]:
        if tenant_id is None:
            return [to_domain(row) for row in self.connection.execute(_OF_BRIDGE)]
        return [to_domain(row) for row in self.connection.execute(_OF_TENANT, {"tenant": tenant_id})]
