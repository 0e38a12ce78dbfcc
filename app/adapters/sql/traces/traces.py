"""What became of login attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from sqlalchemy import Connection, Integer, Text, bindparam, delete, false, or_, select

from app.adapters.sql.statements import insert, storable
from app.adapters.sql.tables import TraceRow
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import TenantId
from app.domain.traces.trace import Step, Trace

AT_ONCE = 2000
"""How many of a kind one transaction forgets: nobody waits long for it."""

COLUMNS = (
    TraceRow.reference,
    TraceRow.at,
    TraceRow.tenant_id,
    TraceRow.tenant,
    TraceRow.connection,
    TraceRow.method,
    TraceRow.reason,
    TraceRow.details,
    TraceRow.steps,
    TraceRow.correlated,
    TraceRow.sought,
)

_ONE = select(*COLUMNS).where(TraceRow.reference == bindparam("wanted"))
_RECENT = (
    select(*COLUMNS)
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
_NEW = insert(TraceRow)
# A second try of an attempt replaces the first, but nobody who comes after a success may hide it.
_ADD = _NEW.on_conflict_do_update(
    index_elements=["reference"],
    set_={column.name: _NEW.excluded[column.name] for column in COLUMNS[1:]},
    where=TraceRow.reason.is_not(None),
)
# By bound or not, because the index begins with that.
_FORGET_OLD = delete(TraceRow).where(
    TraceRow.reference.in_(
        select(TraceRow.reference)
        .where(TraceRow.correlated == bindparam("kind"), TraceRow.at < bindparam("before"))
        .limit(bindparam("at_once", type_=Integer))
    )
)
_FORGET_UNBOUND = delete(TraceRow).where(
    TraceRow.reference.in_(
        select(TraceRow.reference)
        .where(TraceRow.correlated == false())
        .order_by(TraceRow.at.desc(), TraceRow.reference)
        .limit(bindparam("at_once", type_=Integer))
        .offset(bindparam("most"))
    )
)


def to_domain(values: Sequence[Any]) -> Trace:
    """From the values of `COLUMNS`."""
    reference, at, tenant_id, tenant, connection, method, reason, details, steps, correlated, sought = values
    return Trace(
        reference=reference,
        at=at,
        tenant_id=tenant_id,
        tenant=tenant,
        connection=connection,
        method=Method(method),
        reason=None if reason is None else ReasonCode(reason),
        details=details,
        steps=tuple(Step(**step) for step in steps),
        correlated=correlated,
        sought=sought,
    )


def from_domain(trace: Trace) -> Mapping[str, object]:
    return {
        "reference": trace.reference,
        "at": trace.at,
        "tenant_id": trace.tenant_id,
        "tenant": trace.tenant,
        "connection": trace.connection,
        "method": trace.method.value,
        "reason": None if trace.reason is None else trace.reason.value,
        "details": dict(trace.details),
        "steps": [asdict(step) for step in trace.steps],
        "bound": trace.correlated,
        "sought": trace.sought,
    }


@dataclass(frozen=True, slots=True)
class SqlTraces:
    """The port `Traces`."""

    connection: Connection

    def add(self, trace: Trace) -> None:
        self.connection.execute(_ADD, from_domain(trace))

    def get(self, reference: str) -> Trace | None:
        if not storable(reference):
            return None
        row = self.connection.execute(_ONE, {"wanted": reference}).first()
        return None if row is None else to_domain(row)

    def recent(
        self, tenant_id: TenantId, *, most: int, refused_only: bool = False, before: float | None = None
    ) -> Sequence[Trace]:
        wanted = {"tenant": tenant_id, "most": most, "before": inf if before is None else before}
        rows = self.connection.execute(_REFUSED if refused_only else _RECENT, wanted)
        return [to_domain(row) for row in rows]

    def last_signed_in(
        self, tenant_id: TenantId, *, connection: str | None, method: Method, before: float
    ) -> Trace | None:
        wanted = {"tenant": tenant_id, "by": method.value, "through": connection, "before": before, "most": 1}
        row = self.connection.execute(_SIGNED_IN, wanted).first()
        return None if row is None else to_domain(row)

    def trim(self, *, before: float, unbound_most: int) -> int:
        forgotten = 0
        for correlated in (True, False):
            old = {"kind": correlated, "before": before, "at_once": AT_ONCE}
            forgotten += self.connection.execute(_FORGET_OLD, old).rowcount
        over = {"most": unbound_most, "at_once": AT_ONCE}
        return forgotten + self.connection.execute(_FORGET_UNBOUND, over).rowcount
