"""Audit entries that the tests record, and who records them."""

from dataclasses import replace

from app.adapters.crypto.sealing import KeyringSealer
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.audit.audit import AuditEntry
from app.domain.tenants.tenant import Tenant
from app.services.audit.audit import CREATED, AuditService, Fault, Tampering
from tests.contracts.samples import ACME, GLOBEX, NOW

KEY = b"k" * 32

SWITCHED = AuditEntry(
    tenant_id=ACME.id,
    at=NOW,
    actor="sam@staff",
    address="192.0.2.7",
    action="tenant.policy",
    subject="acme",
    before={"policy": "password", "epoch": 1},
    after={"policy": "sso_only", "epoch": 2, "overridden": ["no completed test"]},
    reason="asked for by Acme",
)
GLOBEX_SWITCHED = replace(SWITCHED, tenant_id=GLOBEX.id, subject="globex")
ROTATED = replace(SWITCHED, tenant_id=None, action="keys.rotated", subject="bridge", before={})


def auditing(database: SqlDatabase, *, keys: tuple[bytes, ...] = (KEY,)) -> AuditService:
    return AuditService(database=database, sealer=KeyringSealer(keys))


def record(database: SqlDatabase, *entries: AuditEntry, keys: tuple[bytes, ...] = (KEY,)) -> None:
    """Each in a transaction of its own."""
    for entry in entries:
        with database.write() as work:
            auditing(database, keys=keys).record(work, entry)


def made(database: SqlDatabase, *tenants: Tenant) -> None:
    """Every chain begins with the tenant's creation."""
    record(database, *[replace(SWITCHED, action=CREATED, tenant_id=one.id, subject=one.slug) for one in tenants])


def broken(audit: AuditService) -> list[Fault]:
    """Whatever is wrong, but for tenants that a test has put there without a word."""
    faults = [report.fault for report in audit.verify().chains if report.fault]
    return [fault for fault in faults if fault.kind is not Tampering.BEGINNING_GONE]
