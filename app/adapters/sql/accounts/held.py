"""Logins that wait for a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Double, Integer, bindparam, select, text, tuple_, update

from app.adapters.sql.statements import insert_once, storable
from app.adapters.sql.tables import HeldLoginRow
from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import TenantId

COLUMNS = (
    HeldLoginRow.id,
    HeldLoginRow.tenant_id,
    HeldLoginRow.connection_id,
    HeldLoginRow.issuer,
    HeldLoginRow.subject,
    HeldLoginRow.match_value,
    HeldLoginRow.reason,
    HeldLoginRow.before,
    HeldLoginRow.reference,
    HeldLoginRow.at,
    HeldLoginRow.decision,
    HeldLoginRow.decided_at,
    HeldLoginRow.decided_by,
)

_ONE = select(*COLUMNS).where(HeldLoginRow.id == bindparam("wanted"))
_OF_TENANT = (
    select(*COLUMNS)
    .where(HeldLoginRow.tenant_id == bindparam("tenant"), HeldLoginRow.decision == bindparam("decided"))
    .order_by(HeldLoginRow.at, HeldLoginRow.id)
)
_BY_REFERENCE = (
    select(*COLUMNS)
    .where(HeldLoginRow.tenant_id == bindparam("tenant"), HeldLoginRow.reference == bindparam("wanted"))
    .order_by(HeldLoginRow.at.desc())
    .limit(1)
)
_OF_SUBJECT = (
    select(*COLUMNS)
    .where(
        HeldLoginRow.tenant_id == bindparam("tenant"),
        HeldLoginRow.issuer == bindparam("by"),
        HeldLoginRow.subject == bindparam("whom"),
    )
    .order_by(HeldLoginRow.at, HeldLoginRow.id)
)
_PLACE = tuple_(HeldLoginRow.at, HeldLoginRow.id)
_WAITING = (
    select(*COLUMNS)
    .where(
        HeldLoginRow.decision == HeldDecision.OPEN.value,
        tuple_(bindparam("at", type_=Double), bindparam("last")) < _PLACE,
    )
    .order_by(HeldLoginRow.at, HeldLoginRow.id)
    .limit(bindparam("most", type_=Integer))
)
_DECIDED_SINCE = (
    select(*COLUMNS)
    .where(HeldLoginRow.decided_at >= bindparam("since"))
    .order_by(HeldLoginRow.decided_at.desc(), HeldLoginRow.id)
    .limit(bindparam("most", type_=Integer))
)
_ADD = insert_once(
    HeldLoginRow,
    index_elements=["connection_id", "issuer", "subject", "match_value"],
    index_where=text("decision <> 'accepted'"),
)
_DECIDE = (
    update(HeldLoginRow)
    .where(
        HeldLoginRow.tenant_id == bindparam("tenant"),
        HeldLoginRow.id == bindparam("wanted"),
        HeldLoginRow.decision == HeldDecision.OPEN.value,
    )
    .values(decision=bindparam("now"), decided_at=bindparam("when"), decided_by=bindparam("who"))
)


def to_domain(values: Sequence[Any]) -> HeldLogin:
    """From the values of `COLUMNS`."""
    (
        id_,
        tenant_id,
        connection_id,
        issuer,
        subject,
        match_value,
        reason,
        before,
        reference,
        at,
        decision,
        decided_at,
        decided_by,
    ) = values
    return HeldLogin(
        id=id_,
        tenant_id=tenant_id,
        connection_id=connection_id,
        issuer=issuer,
        subject=subject,
        match_value=match_value,
        reason=ReasonCode(reason),
        before=before,
        reference=reference,
        at=at,
        decision=HeldDecision(decision),
        decided_at=decided_at,
        decided_by=decided_by,
    )


def from_domain(held: HeldLogin) -> Mapping[str, object]:
    return {
        "id": held.id,
        "tenant_id": held.tenant_id,
        "connection_id": held.connection_id,
        "issuer": held.issuer,
        "subject": held.subject,
        "match_value": held.match_value,
        "reason": held.reason.value,
        "before": held.before,
        "reference": held.reference,
        "at": held.at,
        "decision": held.decision.value,
        "decided_at": held.decided_at,
        "decided_by": held.decided_by,
    }


@dataclass(frozen=True, slots=True)
class SqlHeldLogins:
    """The port `HeldLogins`."""

    connection: Connection

    def add(self, held: HeldLogin) -> None:
        self.connection.execute(_ADD, from_domain(held))

    def get(self, held_id: HeldLoginId) -> HeldLogin | None:
        if not storable(held_id):
            return None
        row = self.connection.execute(_ONE, {"wanted": held_id}).first()
        return None if row is None else to_domain(row)

    def of_tenant(self, tenant_id: TenantId, *, decision: HeldDecision) -> Sequence[HeldLogin]:
        rows = self.connection.execute(_OF_TENANT, {"tenant": tenant_id, "decided": decision.value})
        return [to_domain(row) for row in rows]

    def of_subject(self, tenant_id: TenantId, *, issuer: str, subject: str) -> Sequence[HeldLogin]:
        if not storable(subject):
            return []
        rows = self.connection.execute(_OF_SUBJECT, {"tenant": tenant_id, "by": issuer, "whom": subject})
        return [to_domain(row) for row in rows]

    def by_reference(self, tenant_id: TenantId, reference: str) -> HeldLogin | None:
        row = self.connection.execute(_BY_REFERENCE, {"tenant": tenant_id, "wanted": reference}).first()
        return None if row is None else to_domain(row)

    def waiting(self, *, most: int, after: tuple[float, HeldLoginId] | None = None) -> Sequence[HeldLogin]:
        at, last = after or (0.0, HeldLoginId(""))
        if not storable(last):
            return []
        return [to_domain(row) for row in self.connection.execute(_WAITING, {"at": at, "last": last, "most": most})]

    def decided_since(self, at: float, *, most: int) -> Sequence[HeldLogin]:
        return [to_domain(row) for row in self.connection.execute(_DECIDED_SINCE, {"since": at, "most": most})]

    def decide(self, held: HeldLogin) -> bool:
        decided = self.connection.execute(
            _DECIDE,
            {
                "tenant": held.tenant_id,
                "wanted": held.id,
                "now": held.decision.value,
                "when": held.decided_at,
                "who": held.decided_by,
            },
        )
        return decided.rowcount == 1
