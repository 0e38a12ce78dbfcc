"""Mail before and after its delivery."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Index, bindparam, func, insert, select, update

from app.adapters.sql.batches import delete_some
from app.adapters.sql.declaration import Base, Column, column
from app.adapters.sql.executor import Executor
from app.adapters.sql.row_mapper import RowMapper
from app.domain.mail.message import Backlog, Delivery, QueuedMessage


class OutboxRow(Base):
    """The table. `body` is sealed."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Column[str] = column(primary_key=True)
    to: Column[str]
    subject: Column[str]
    body: Column[str | None]
    queued_at: Column[float] = column(index=True)
    due_at: Column[float]
    tries: Column[int]
    state: Column[str]
    settled_at: Column[float | None]
    problem: Column[str]


MESSAGE = RowMapper(QueuedMessage, OutboxRow)

_WAITS = OutboxRow.state == Delivery.WAITING.value
_DUE = (_WAITS, OutboxRow.due_at <= bindparam("now"))

_ADD = insert(OutboxRow)
_CLAIM = (
    update(OutboxRow)
    .where(
        OutboxRow.id
        == select(OutboxRow.id)
        .where(*_DUE)
        .order_by(OutboxRow.due_at, OutboxRow.queued_at)
        .limit(1)
        .with_for_update(skip_locked=True)  # on SQLite there is one writer at a time anyway
        .scalar_subquery()
    )
    .values(due_at=bindparam("until"), tries=OutboxRow.tries + 1)
    .returning(*MESSAGE.columns)
)
_SETTLE = (
    update(OutboxRow)
    .where(OutboxRow.id == bindparam("wanted"), _WAITS, OutboxRow.tries == bindparam("of_try"))
    .values(
        body=bindparam("new_body"),
        due_at=bindparam("new_due_at"),
        state=bindparam("new_state"),
        settled_at=bindparam("new_settled_at"),
        problem=bindparam("new_problem"),
    )
)
_POSTPONE = update(OutboxRow).where(*_DUE).values(due_at=bindparam("until"))
_COUNT = select(func.count()).where(OutboxRow.state == bindparam("counted"))
_OLDEST = select(OutboxRow.queued_at, OutboxRow.problem).where(_WAITS).order_by(OutboxRow.queued_at).limit(1)
_NEWEST = (
    select(*MESSAGE.columns)
    .where(OutboxRow.state != Delivery.FOR_NOBODY.value)
    .order_by(OutboxRow.queued_at.desc(), OutboxRow.id)
    .limit(bindparam("most"))
)
# By `queued_at` too, of which there is an index.
FORGET = delete_some(
    OutboxRow,
    OutboxRow.queued_at <= bindparam("before"),
    OutboxRow.settled_at < bindparam("before"),
    order=OutboxRow.queued_at,
)


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    """The port `Outbox`."""

    sql: Executor

    def add(self, message: QueuedMessage) -> None:
        self.sql.changed(_ADD, **MESSAGE.from_domain(message))

    def claim(self, *, now: float, until: float) -> QueuedMessage | None:
        return self.sql.first(_CLAIM, MESSAGE.to_domain, now=now, until=until)

    def settle(self, message: QueuedMessage) -> bool:
        settled = self.sql.changed(
            _SETTLE,
            wanted=message.id,
            of_try=message.tries,
            new_body=message.body,
            new_due_at=message.due_at,
            new_state=message.state.value,
            new_settled_at=message.settled_at,
            new_problem=message.problem,
        )
        return settled == 1

    def postpone(self, *, now: float, until: float) -> None:
        self.sql.changed(_POSTPONE, now=now, until=until)

    def backlog(self) -> Backlog:
        oldest_at, problem = self.sql.first(_OLDEST, tuple) or (None, "")
        waiting, given_up = (
            self.sql.value(_COUNT, counted=state.value) for state in (Delivery.WAITING, Delivery.GIVEN_UP)
        )
        return Backlog(waiting=waiting, given_up=given_up, oldest_at=oldest_at, problem=problem)

    def newest(self, *, most: int) -> Sequence[QueuedMessage]:
        return self.sql.all(_NEWEST, MESSAGE.to_domain, most=most)

    def forget(self, *, before: float, most: int) -> int:
        return self.sql.changed(FORGET, before=before, most=most)
