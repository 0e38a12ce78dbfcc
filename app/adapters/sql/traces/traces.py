"""The outcomes of login attempts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from sqlalchemy import Index, Integer, Text, bindparam, delete, false, func, or_, select, text, true

from app.adapters.sql.batches import delete_some
from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, Row
from app.adapters.sql.row_mapper import RowMapper
from app.adapters.sql.statements import among, insert, storable
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import TenantId
from app.domain.traces.login_outcome import login_outcome, provider_state
from app.domain.traces.trace import Trace


def _only(condition: str) -> dict[str, Any]:
    """An index of the rows that meet a condition."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class TraceRow(Base):
    """The outcome of a login attempt. It has no foreign keys, so nothing prevents its deletion.

    `login_outcome` and `provider_state` are those of domain/traces/login_outcome.
    """

    __tablename__ = "traces"
    __table_args__ = (
        Index(None, "bound", "at"),
        Index(None, "tenant_id", "at"),
        Index(None, "tenant_id", "account_id", "at", **_only("account_id IS NOT NULL")),
        Index(None, "tenant_id", "connection", "provider_state", "at", **_only("provider_state IS NOT NULL")),
        Index("ix_traces_unsuccessful", "tenant_id", "at", **_only("login_outcome <> 'signed_in'")),
    )

    reference: Column[str] = column(primary_key=True)
    at: Column[float]
    tenant_id: Column[str | None]
    tenant: Column[str | None]
    connection: Column[str | None]
    method: Column[str]
    reason: Column[str | None]
    details: Column[dict[str, Any]]
    steps: Column[list[dict[str, Any]]]
    correlated: Column[bool] = column(name="bound")
    sought: Column[str | None]
    account_id: Column[str | None]
    login_outcome: Column[str | None]
    provider_state: Column[str | None]


TRACE = RowMapper(Trace, TraceRow)

_ONE = select(*TRACE.columns).where(TraceRow.reference == bindparam("wanted"))
_RECENT = (
    select(*TRACE.columns)
    .where(TraceRow.tenant_id == bindparam("tenant"), TraceRow.at < bindparam("before"))
    .order_by(TraceRow.at.desc(), TraceRow.reference.desc())
    .limit(bindparam("most", type_=Integer))
)
_REFUSED = _RECENT.where(TraceRow.reason.is_not(None))
_SIGNED_IN = _RECENT.where(
    TraceRow.reason.is_(None),
    TraceRow.method == bindparam("by"),
    or_(bindparam("through", type_=Text).is_(None), TraceRow.connection == bindparam("through", type_=Text)),
)
_FAILING = (
    select(TraceRow.tenant_id, TraceRow.connection, func.min(TraceRow.at))
    .where(
        TraceRow.correlated == true(),
        TraceRow.at > bindparam("since"),
        TraceRow.method == Method.SSO.value,
        among(TraceRow.reason, "reasons"),
        TraceRow.tenant_id.is_not(None),
        TraceRow.connection.is_not(None),
    )
    .group_by(TraceRow.tenant_id, TraceRow.connection)
    .limit(bindparam("most", type_=Integer))
)
_MARKS = ("login_outcome", "provider_state")
_NEW = insert(TraceRow)
# A second try of an attempt replaces the first, but a later failure must not hide a success.
_ADD = _NEW.on_conflict_do_update(
    index_elements=["reference"],
    set_={name: _NEW.excluded[name] for name in (*(column.name for column in TRACE.columns[1:]), *_MARKS)},
    where=TraceRow.reason.is_not(None),
)
# By `correlated` too, because the index starts with that column.
FORGET_OLD = delete_some(
    TraceRow, TraceRow.correlated == bindparam("kind"), TraceRow.at < bindparam("before"), order=TraceRow.at
)
_FORGET_UNCORRELATED = delete(TraceRow).where(
    TraceRow.reference.in_(
        select(TraceRow.reference)
        .where(TraceRow.correlated == false())
        .order_by(TraceRow.at.desc(), TraceRow.reference)
        .limit(bindparam("most", type_=Integer))
        .offset(bindparam("kept"))
    )
)


def from_domain(trace: Trace) -> Mapping[str, object]:
    """With what it says, for the activity pages."""
    return TRACE.from_domain(trace) | {"login_outcome": login_outcome(trace), "provider_state": provider_state(trace)}


@dataclass(frozen=True, slots=True)
class SqlTraces:
    """The port `Traces`."""

    sql: Executor

    def add(self, trace: Trace) -> None:
        self.sql.send(_ADD, **from_domain(trace))

    def get(self, reference: str) -> Trace | None:
        return self.sql.first(_ONE, TRACE.to_domain, wanted=reference) if storable(reference) else None

    def recent(
        self, tenant_id: TenantId, *, most: int, refused_only: bool = False, before: float | None = None
    ) -> Sequence[Trace]:
        query = _REFUSED if refused_only else _RECENT
        before = inf if before is None else before
        return self.sql.all(query, TRACE.to_domain, tenant=tenant_id, most=most, before=before)

    def last_signed_in(
        self, tenant_id: TenantId, *, connection: str | None, method: Method, before: float
    ) -> Trace | None:
        wanted = {"tenant": tenant_id, "by": method.value, "through": connection, "before": before, "most": 1}
        return self.sql.first(_SIGNED_IN, TRACE.to_domain, **wanted)

    def failing(
        self, *, since: float, reasons: Collection[ReasonCode], most: int
    ) -> Sequence[tuple[TenantId, str, float]]:
        wanted = {"since": since, "reasons": [one.value for one in reasons], "most": most}
        return self.sql.all(_FAILING, _failing, **wanted)

    def trim(self, *, before: float, uncorrelated_most: int, most: int) -> int:
        forgotten = 0
        for correlated in (True, False):
            forgotten += self.sql.changed(FORGET_OLD, kind=correlated, before=before, most=most)
        return forgotten + self.sql.changed(_FORGET_UNCORRELATED, kept=uncorrelated_most, most=most)


def _failing(row: Row) -> tuple[TenantId, str, float]:
    tenant_id, connection, first_at = row
    return TenantId(tenant_id), connection, first_at
