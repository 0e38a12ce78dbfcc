"""Held logins."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Double, ForeignKeyConstraint, Index, Integer, bindparam, select, text, tuple_, update

from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import insert_once, storable
from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from app.domain.tenants.tenant import TenantId


class HeldLoginRow(Base):
    """A held login. An accepted one may be held again; an open or refused one exists once."""

    __tablename__ = "held_logins"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "connection_id"], ["connections.tenant_id", "connections.id"]),
        Index(
            "uq_held_logins_undecided",
            *("connection_id", "issuer", "subject", "match_value"),
            unique=True,
            sqlite_where=text("decision <> 'accepted'"),
            postgresql_where=text("decision <> 'accepted'"),
        ),
        Index(None, "tenant_id", "decision", "at"),
        Index(None, "tenant_id", "subject"),
        Index(None, "decision", "at"),
        Index(None, "decided_at"),
    )

    id: Column[str] = column(primary_key=True)
    tenant_id: Column[str]
    connection_id: Column[str]
    issuer: Column[str]
    subject: Column[str]
    match_value: Column[str]
    reason: Column[str]
    before: Column[str]
    reference: Column[str]
    at: Column[float]
    decision: Column[str]
    decided_at: Column[float | None]
    decided_by: Column[str | None]


HELD_LOGIN = RowMapper(HeldLogin, HeldLoginRow)

_ONE = select(*HELD_LOGIN.columns).where(HeldLoginRow.id == bindparam("wanted"))
_OF_TENANT = (
    select(*HELD_LOGIN.columns)
    .where(HeldLoginRow.tenant_id == bindparam("tenant"), HeldLoginRow.decision == bindparam("decided"))
    .order_by(HeldLoginRow.at, HeldLoginRow.id)
)
_BY_REFERENCE = (
    select(*HELD_LOGIN.columns)
    .where(HeldLoginRow.tenant_id == bindparam("tenant"), HeldLoginRow.reference == bindparam("wanted"))
    .order_by(HeldLoginRow.at.desc())
    .limit(1)
)
_OF_SUBJECT = (
    select(*HELD_LOGIN.columns)
    .where(
        HeldLoginRow.tenant_id == bindparam("tenant"),
        HeldLoginRow.issuer == bindparam("by"),
        HeldLoginRow.subject == bindparam("whom"),
    )
    .order_by(HeldLoginRow.at, HeldLoginRow.id)
)
_PLACE = tuple_(HeldLoginRow.at, HeldLoginRow.id)
_WAITING = (
    select(*HELD_LOGIN.columns)
    .where(
        HeldLoginRow.decision == HeldDecision.OPEN.value,
        tuple_(bindparam("at", type_=Double), bindparam("last")) < _PLACE,
    )
    .order_by(HeldLoginRow.at, HeldLoginRow.id)
    .limit(bindparam("most", type_=Integer))
)
_DECIDED_SINCE = (
    select(*HELD_LOGIN.columns)
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


@dataclass(frozen=True, slots=True)
class SqlHeldLogins:
    """The port `HeldLogins`."""

    sql: Executor

    def add(self, held: HeldLogin) -> None:
        self.sql.changed(_ADD, **HELD_LOGIN.from_domain(held))

    def get(self, held_id: HeldLoginId) -> HeldLogin | None:
        return self.sql.first(_ONE, HELD_LOGIN.to_domain, wanted=held_id) if storable(held_id) else None

    def of_tenant(self, tenant_id: TenantId, *, decision: HeldDecision) -> Sequence[HeldLogin]:
        return self.sql.all(_OF_TENANT, HELD_LOGIN.to_domain, tenant=tenant_id, decided=decision.value)

    def of_subject(self, tenant_id: TenantId, *, issuer: str, subject: str) -> Sequence[HeldLogin]:
        if not storable(subject):
            return []
        return self.sql.all(_OF_SUBJECT, HELD_LOGIN.to_domain, tenant=tenant_id, by=issuer, whom=subject)

    def by_reference(self, tenant_id: TenantId, reference: str) -> HeldLogin | None:
        return self.sql.first(_BY_REFERENCE, HELD_LOGIN.to_domain, tenant=tenant_id, wanted=reference)

    def waiting(self, *, most: int, after: tuple[float, HeldLoginId] | None = None) -> Sequence[HeldLogin]:
        at, last = after or (0.0, HeldLoginId(""))
        return self.sql.all(_WAITING, HELD_LOGIN.to_domain, at=at, last=last, most=most) if storable(last) else []

    def decided_since(self, at: float, *, most: int) -> Sequence[HeldLogin]:
        return self.sql.all(_DECIDED_SINCE, HELD_LOGIN.to_domain, since=at, most=most)

    def decide(self, held: HeldLogin) -> bool:
        decision = {"now": held.decision.value, "when": held.decided_at, "who": held.decided_by}
        return self.sql.changed(_DECIDE, tenant=held.tenant_id, wanted=held.id, **decision) == 1
