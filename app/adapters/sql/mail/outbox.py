"""Mail that waits for its delivery, or had it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Index, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.adapters.sql.tables import Base
from app.domain.mail.message import Backlog, Delivery, MessageId, QueuedMessage


class OutboxRow(Base):
    """The table. `body` is sealed."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    to: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str | None]
    queued_at: Mapped[float] = mapped_column(index=True)
    due_at: Mapped[float]
    tries: Mapped[int]
    state: Mapped[str]
    settled_at: Mapped[float | None]
    problem: Mapped[str]


COLUMNS = (
    OutboxRow.id,
    OutboxRow.to,
    OutboxRow.subject,
    OutboxRow.body,
    OutboxRow.queued_at,
    OutboxRow.due_at,
    OutboxRow.tries,
    OutboxRow.state,
    OutboxRow.settled_at,
    OutboxRow.problem,
)
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
    .returning(*COLUMNS)
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
    select(*COLUMNS)
    .where(OutboxRow.state != Delivery.FOR_NOBODY.value)
    .order_by(OutboxRow.queued_at.desc(), OutboxRow.id)
    .limit(bindparam("most"))
)
_FORGET = delete(OutboxRow).where(OutboxRow.settled_at < bindparam("before"))


def to_domain(values: Sequence[Any]) -> QueuedMessage:
    """From the values of `COLUMNS`."""
    id_, to, subject, body, queued_at, due_at, tries, state, settled_at, problem = values
    return QueuedMessage(
        id=MessageId(id_),
        to=to,
        subject=subject,
        body=body,
        queued_at=queued_at,
        due_at=due_at,
        tries=tries,
        state=Delivery(state),
        settled_at=settled_at,
        problem=problem,
    )


def from_domain(message: QueuedMessage) -> Mapping[str, object]:
    return {
        "id": message.id,
        "to": message.to,
        "subject": message.subject,
        "body": message.body,
        "queued_at": message.queued_at,
        "due_at": message.due_at,
        "tries": message.tries,
        "state": message.state.value,
        "settled_at": message.settled_at,
        "problem": message.problem,
    }


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    """The port `Outbox`."""

    connection: Connection

    def add(self, message: QueuedMessage) -> None:
        self.connection.execute(_ADD, from_domain(message))

    def claim(self, *, now: float, until: float) -> QueuedMessage | None:
        row = self.connection.execute(_CLAIM, {"now": now, "until": until}).first()
        return None if row is None else to_domain(row)

    def settle(self, message: QueuedMessage) -> bool:
        settled = self.connection.execute(
            _SETTLE,
            {
                "wanted": message.id,
                "of_try": message.tries,
                "new_body": message.body,
                "new_due_at": message.due_at,
                "new_state": message.state.value,
                "new_settled_at": message.settled_at,
                "new_problem": message.problem,
            },
        )
        return settled.rowcount == 1

    def postpone(self, *, now: float, until: float) -> None:
        self.connection.execute(_POSTPONE, {"now": now, "until": until})

    def backlog(self) -> Backlog:
        oldest = self.connection.execute(_OLDEST).first()
        waiting, given_up = (
            self.connection.execute(_COUNT, {"counted": state.value}).scalar_one()
            for state in (Delivery.WAITING, Delivery.GIVEN_UP)
        )
        if oldest is None:
            return Backlog(waiting=waiting, given_up=given_up)
        return Backlog(waiting=waiting, given_up=given_up, oldest_at=oldest.queued_at, problem=oldest.problem)

    def newest(self, *, most: int) -> Sequence[QueuedMessage]:
        return [to_domain(row) for row in self.connection.execute(_NEWEST, {"most": most})]

    def forget(self, *, before: float) -> int:
        return self.connection.execute(_FORGET, {"before": before}).rowcount
