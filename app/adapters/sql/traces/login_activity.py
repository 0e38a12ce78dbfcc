"""A tenant's logins: listed with filters, counted, and what they say about its providers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    Select,
    bindparam,
    false,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    update,
)

from app.adapters.sql.batches import delete_some
from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor, Statement
from app.adapters.sql.statements import among, insert_once, storable
from app.adapters.sql.tables import ConnectionRow, TenantRow
from app.adapters.sql.traces.traces import TRACE, TraceRow
from app.domain.reasons import Outcome
from app.domain.tenants.tenant import Status, TenantId
from app.domain.traces.activity import QUARTER_S, Ended, LoginCount, LoginFilter, ProviderRecord, quarter_of
from app.domain.traces.login_outcome import ProviderState
from app.domain.traces.trace import Trace


class LoginCountRow(Base):
    """How many logins of a tenant ended so in the quarter of an hour that begins at `begins_at`.

    For all tenants together, `tenant_id` is empty.
    """

    __tablename__ = "login_counts"
    __table_args__ = (Index(None, "begins_at"),)

    tenant_id: Column[str] = column(primary_key=True)
    begins_at: Column[int] = column(BigInteger, primary_key=True)
    outcome: Column[str] = column(primary_key=True)
    logins: Column[int]


class LoginCountsUntilRow(Base):
    """One row: up to where the logins are counted."""

    __tablename__ = "login_counts_until"

    id: Column[int] = column(primary_key=True)
    until: Column[int] = column(BigInteger)


ALL_TENANTS = ""

# As text in the statement: a value that is bound would not show the planner that the index has these rows.
_UNSUCCESSFUL = TraceRow.login_outcome != literal_column("'signed_in'")
_IN_TENANT = TraceRow.tenant_id == bindparam("tenant")
# Not `= true`: the index that begins with this column would be read along all tenants.
_OF_AN_ATTEMPT = TraceRow.correlated.is_not(false())
_FILTERS = {
    "since": TraceRow.at >= bindparam("since"),
    "until": TraceRow.at < bindparam("until"),
    "ended": TraceRow.login_outcome == bindparam("ended"),
    "unsuccessful": _UNSUCCESSFUL,
    "reason": TraceRow.reason == bindparam("reason"),
    "method": TraceRow.method == bindparam("method"),
    "connection": TraceRow.connection == bindparam("connection"),
    "account_id": TraceRow.account_id == bindparam("account_id"),
    "before": TraceRow.at <= bindparam("at"),  # repeated, because no database uses the first half of a pair
    "last": tuple_(TraceRow.at, TraceRow.reference) < tuple_(bindparam("at"), bindparam("reference")),
}


@cache
def listing(conditions: tuple[str, ...]) -> Select[Any]:
    """The statement with these of `_FILTERS`: one for each combination, so that each is compiled once."""
    return (
        select(*TRACE.columns)
        .where(_IN_TENANT, _OF_AN_ATTEMPT, *(_FILTERS[name] for name in conditions))
        .order_by(TraceRow.at.desc(), TraceRow.reference.desc())
        .limit(bindparam("most", type_=Integer))
    )


def _through(state: ProviderState) -> tuple[Any, ...]:
    return (
        TraceRow.tenant_id == ConnectionRow.tenant_id,
        TraceRow.connection == ConnectionRow.name,
        TraceRow.provider_state == literal_column(f"'{state.value}'"),
    )


_OK_AT = select(func.max(TraceRow.at)).where(*_through(ProviderState.OK)).correlate(ConnectionRow).scalar_subquery()
_FAILING_SINCE = (
    select(func.min(TraceRow.at))
    .where(*_through(ProviderState.FAILING), TraceRow.at > func.coalesce(_OK_AT, 0.0))
    .correlate(ConnectionRow)
    .scalar_subquery()
)
PROVIDER_RECORDS = (
    select(ConnectionRow.tenant_id, ConnectionRow.name, _OK_AT, _FAILING_SINCE)
    .where(among(ConnectionRow.tenant_id, "tenants"), ConnectionRow.status == Status.ACTIVE.value)
    .order_by(ConnectionRow.tenant_id, ConnectionRow.name)
)
_SOME = (
    select(literal(1).label("one"))
    .where(TraceRow.tenant_id == TenantRow.id, TraceRow.at >= bindparam("since"), _UNSUCCESSFUL)
    .limit(bindparam("most", type_=Integer))
    .correlate(TenantRow)
    .subquery()
)
UNSUCCESSFUL = select(TenantRow.id, select(func.count()).select_from(_SOME).scalar_subquery()).where(
    among(TenantRow.id, "tenants")
)

_UNTIL = select(LoginCountsUntilRow.until).where(LoginCountsUntilRow.id == 1)
_LOCKED_UNTIL = _UNTIL.with_for_update()
_BEGIN = insert_once(LoginCountsUntilRow)
_GO_ON = update(LoginCountsUntilRow).where(LoginCountsUntilRow.id == 1).values(until=bindparam("reached"))
_OLDEST = select(func.min(TraceRow.at)).where(TraceRow.correlated == true())
_IN_QUARTER = (TraceRow.at >= bindparam("begins_at"), TraceRow.at < bindparam("ends_at"))
_LOGINS = TraceRow.login_outcome.is_not(None)
_NEW = ["tenant_id", "begins_at", "outcome", "logins"]
COUNT_QUARTER = insert(LoginCountRow).from_select(
    _NEW,
    select(TraceRow.tenant_id, bindparam("begins_at", type_=Integer), TraceRow.login_outcome, func.count())
    .where(TraceRow.correlated == true(), *_IN_QUARTER, _LOGINS, TraceRow.tenant_id.is_not(None))
    .group_by(TraceRow.tenant_id, TraceRow.login_outcome),
)
_ADD_UP = insert(LoginCountRow).from_select(
    _NEW,
    select(
        literal_column(f"'{ALL_TENANTS}'"),
        LoginCountRow.begins_at,
        LoginCountRow.outcome,
        func.sum(LoginCountRow.logins),
    )
    .where(LoginCountRow.begins_at == bindparam("begins_at"))
    .group_by(LoginCountRow.begins_at, LoginCountRow.outcome),
)
COUNTS = select(LoginCountRow.begins_at, LoginCountRow.outcome, LoginCountRow.logins).where(
    LoginCountRow.tenant_id == bindparam("tenant"),
    LoginCountRow.begins_at >= bindparam("since"),
    LoginCountRow.begins_at < bindparam("until"),
)
_NOW = select(TraceRow.login_outcome, func.count()).where(*_IN_QUARTER, _LOGINS).group_by(TraceRow.login_outcome)
NOT_YET_COUNTED = _NOW.where(_IN_TENANT)
NOT_YET_COUNTED_OF_ALL = _NOW.where(TraceRow.correlated == true())
FORGET_COUNTS = delete_some(LoginCountRow, LoginCountRow.begins_at < bindparam("before"), order=LoginCountRow.begins_at)


@dataclass(frozen=True, slots=True)
class SqlLoginActivity:
    """The port `LoginActivity`."""

    sql: Executor

    def page(
        self, tenant_id: TenantId, wanted: LoginFilter, *, most: int, before: tuple[float, str] | None = None
    ) -> Sequence[Trace]:
        given = _given(wanted)
        if before is not None:
            given |= {"at": before[0], "reference": before[1]}
        if not all(storable(value) for value in given.values() if isinstance(value, str)):
            return []
        conditions = [name for name in _FILTERS if name in given]
        if wanted.ended in {Ended.UNSUCCESSFUL, Ended.REFUSED, Ended.FAILED} or wanted.reason is not None:
            conditions.append("unsuccessful")
        if before is not None:
            conditions += ["before", "last"]
        statement = listing(tuple(conditions))
        return self.sql.all(statement, TRACE.to_domain, tenant=tenant_id, most=most, **given)

    def provider_records(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Sequence[ProviderRecord]]:
        records: dict[TenantId, list[ProviderRecord]] = {}
        for tenant_id, *record in self.sql.all(PROVIDER_RECORDS, tuple, tenants=list(tenants)):
            records.setdefault(TenantId(tenant_id), []).append(ProviderRecord(*record))
        return records

    def unsuccessful(self, tenants: Collection[TenantId], *, since: float, most: int) -> Mapping[TenantId, int]:
        found = self.sql.all(UNSUCCESSFUL, tuple, tenants=list(tenants), since=since, most=most)
        return {TenantId(tenant_id): int(count) for tenant_id, count in found}

    def counted_until(self) -> int | None:
        until: int | None = self.sql.value(_UNTIL)
        return self._beginning() if until is None else until

    def count(self, *, until: int, quarters: int) -> bool:
        begins_at: int | None = self.sql.value(_LOCKED_UNTIL)
        if begins_at is None:
            begins_at = self._beginning()
            if begins_at is None or begins_at >= until:
                return False
            if not self.sql.changed(_BEGIN, id=1, until=begins_at):
                return True  # another worker has just begun
        reached = min(until, begins_at + quarters * QUARTER_S)
        for quarter in range(begins_at, reached, QUARTER_S):
            self.sql.changed(COUNT_QUARTER, begins_at=quarter, ends_at=quarter + QUARTER_S)
            self.sql.changed(_ADD_UP, begins_at=quarter)
        if reached > begins_at:
            self.sql.changed(_GO_ON, reached=reached)
        return reached < until

    def counts(self, tenant_id: TenantId | None, *, since: int, until: int) -> Sequence[LoginCount]:
        wanted = {"tenant": ALL_TENANTS if tenant_id is None else tenant_id, "since": since, "until": until}
        return self.sql.all(COUNTS, lambda row: LoginCount(row[0], Outcome(row[1]), row[2]), **wanted)

    def not_yet_counted(self, tenant_id: TenantId | None, *, begins_at: int) -> Sequence[LoginCount]:
        statement: Statement = NOT_YET_COUNTED_OF_ALL if tenant_id is None else NOT_YET_COUNTED
        wanted: dict[str, object] = {"begins_at": begins_at, "ends_at": begins_at + QUARTER_S}
        if tenant_id is not None:
            wanted["tenant"] = tenant_id
        return self.sql.all(statement, lambda row: LoginCount(begins_at, Outcome(row[0]), row[1]), **wanted)

    def forget_counts(self, *, before: int, most: int) -> int:
        return self.sql.changed(FORGET_COUNTS, before=before, most=most)

    def _beginning(self) -> int | None:
        oldest: float | None = self.sql.value(_OLDEST)
        return None if oldest is None else quarter_of(oldest)


def _given(wanted: LoginFilter) -> dict[str, Any]:
    """The values of the filter that go into the statement, by their conditions' names."""
    ended = None if wanted.ended is Ended.UNSUCCESSFUL else wanted.ended
    values = {
        "since": wanted.since,
        "until": wanted.until,
        "ended": ended.value if ended else None,
        "reason": wanted.reason.value if wanted.reason else None,
        "method": wanted.method.value if wanted.method else None,
        "connection": wanted.connection,
        "account_id": wanted.account_id,
    }
    return {name: value for name, value in values.items() if value is not None}
