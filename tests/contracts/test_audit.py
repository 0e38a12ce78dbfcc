from dataclasses import replace

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.audit import AuditEntry
from tests.contracts.samples import ACME, GLOBEX, NOW

SWITCHED = AuditEntry(
    tenant_id=ACME.id,
    at=NOW,
    actor="command line",
    action="tenant.policy",
    subject="acme",
    before={"policy": "password", "epoch": 1},
    after={"policy": "sso_only", "epoch": 2},
    reason="asked for by Acme",
)


def test_entries_come_back_in_the_order_they_were_added(stored: SqlDatabase) -> None:
    later = replace(SWITCHED, at=NOW - 10, reason="")
    with stored.write() as work:
        work.audit.add(SWITCHED)
        work.audit.add(later)
    with stored.read() as work:
        assert work.audit.of_tenant(ACME.id) == [SWITCHED, later]


def test_each_tenant_and_the_bridge_have_their_own_entries(stored: SqlDatabase) -> None:
    own = replace(SWITCHED, tenant_id=None, action="keys.rotated")
    with stored.write() as work:
        work.audit.add(SWITCHED)
        work.audit.add(own)
    with stored.read() as work:
        assert work.audit.of_tenant(GLOBEX.id) == []
        assert work.audit.of_tenant(None) == [own]
