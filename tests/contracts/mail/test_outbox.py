from dataclasses import replace

import pytest

from app.adapters.sql.database import postgres
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import Sealed
from app.domain.mail.message import Backlog, Delivery, MessageId, QueuedMessage
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import NOW

LETTER = QueuedMessage(
    id=MessageId("letter-1"),
    to="bob@acme.example",
    subject="Hello",
    body=Sealed("sealed"),
    queued_at=NOW,
    due_at=NOW,
)
LATER = replace(LETTER, id=MessageId("letter-2"), queued_at=NOW + 1, due_at=NOW + 1)
UNTIL = NOW + 600


def add(database: SqlDatabase, *messages: QueuedMessage) -> None:
    with database.write() as work:
        for message in messages:
            work.outbox.add(message)


def claim(database: SqlDatabase, *, now: float) -> QueuedMessage | None:
    with database.write() as work:
        return work.outbox.claim(now=now, until=now + 600)


def settle(database: SqlDatabase, message: QueuedMessage) -> bool:
    with database.write() as work:
        return work.outbox.settle(message)


def test_a_message_comes_back_as_it_was_added(database: SqlDatabase) -> None:
    add(database, LETTER)
    with database.read() as work:
        assert work.outbox.newest(most=10) == [LETTER]


def test_what_is_for_nobody_is_kept_for_a_while_and_neither_claimed_nor_counted_nor_shown(
    database: SqlDatabase,
) -> None:
    add(database, replace(LETTER, to="", state=Delivery.FOR_NOBODY, settled_at=NOW))
    assert claim(database, now=NOW + 1) is None
    with database.write() as work:
        assert work.outbox.newest(most=10) == []
        assert work.outbox.backlog() == Backlog(waiting=0, given_up=0)
        assert work.outbox.forget(before=NOW, most=9) == 0
        assert work.outbox.forget(before=NOW + 1, most=9) == 1


def test_what_is_due_is_claimed_once_the_longest_due_first(database: SqlDatabase) -> None:
    add(database, LATER, LETTER)
    assert claim(database, now=NOW - 1) is None
    assert claim(database, now=NOW + 1) == replace(LETTER, due_at=NOW + 601, tries=1)
    assert claim(database, now=NOW + 1) == replace(LATER, due_at=NOW + 601, tries=1)
    assert claim(database, now=NOW + 1) is None


def test_what_was_claimed_and_never_settled_is_claimed_again_later(database: SqlDatabase) -> None:
    add(database, LETTER)
    claim(database, now=NOW)
    assert claim(database, now=UNTIL) == replace(LETTER, due_at=UNTIL + 600, tries=2)


def test_what_is_settled_is_not_due_again(database: SqlDatabase) -> None:
    add(database, LETTER)
    claimed = claim(database, now=NOW)
    assert claimed is not None
    delivered = replace(claimed, body=None, state=Delivery.DELIVERED, settled_at=NOW + 2)
    assert settle(database, delivered)
    assert not settle(database, replace(claimed, problem="too late"))
    assert claim(database, now=NOW + 10_000) is None
    with database.read() as work:
        assert work.outbox.newest(most=10) == [delivered]


def test_who_was_overtaken_settles_nothing(database: SqlDatabase) -> None:
    add(database, LETTER)
    slow, quick = claim(database, now=NOW), claim(database, now=UNTIL)
    assert slow is not None
    assert quick is not None
    assert not settle(database, replace(slow, problem="of the slow one"))
    assert settle(database, replace(quick, problem="of the quick one"))


def test_postponing_concerns_what_is_due(database: SqlDatabase) -> None:
    add(database, LETTER, LATER)
    with database.write() as work:
        work.outbox.postpone(now=NOW, until=NOW + 60)
    claimed = claim(database, now=NOW + 59)
    assert claimed is not None
    assert claimed.id == LATER.id
    assert claim(database, now=NOW + 59) is None


def test_the_backlog_is_what_waits_and_what_was_given_up(database: SqlDatabase) -> None:
    with database.read() as work:
        assert work.outbox.backlog() == Backlog(waiting=0, given_up=0)
    add(
        database,
        LATER,
        replace(LETTER, problem="refused"),
        replace(LETTER, id=MessageId("old"), queued_at=1, state=Delivery.GIVEN_UP, settled_at=2),
        replace(LETTER, id=MessageId("done"), queued_at=1, state=Delivery.DELIVERED, settled_at=2),
    )
    with database.read() as work:
        assert work.outbox.backlog() == Backlog(waiting=2, given_up=1, oldest_at=NOW, problem="refused")


def test_forgetting_concerns_what_was_settled_long_ago(database: SqlDatabase) -> None:
    add(
        database,
        LETTER,
        replace(LETTER, id=MessageId("done"), state=Delivery.DELIVERED, settled_at=NOW),
        replace(LETTER, id=MessageId("old"), state=Delivery.GIVEN_UP, settled_at=NOW - 10),
    )
    with database.write() as work:
        assert work.outbox.forget(before=NOW, most=9) == 1
    with database.read() as work:
        assert {message.id for message in work.outbox.newest(most=10)} == {LETTER.id, "done"}


def test_of_many_at_once_nobody_gets_what_another_has(database: SqlDatabase) -> None:
    letters = [replace(LETTER, id=MessageId(f"letter-{number:02}")) for number in range(3 * AT_ONCE)]
    add(database, *letters)

    def claim_some(_: int) -> list[MessageId]:
        claimed = [claim(database, now=NOW) for _ in range(3)]
        return [message.id for message in claimed if message is not None]

    got = [message_id for some in all_at_once(claim_some) for message_id in some]
    assert sorted(got) == [letter.id for letter in letters]


def test_who_comes_while_another_claims_is_given_the_next_message_and_does_not_wait(
    postgres_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that hangs in the middle of claiming must not keep the others from all mail."""
    monkeypatch.setattr(postgres, "LOCK_S", 0.05)
    database = SqlDatabase(postgres_database_url)
    add(database, LETTER, LATER)
    with database.write() as work:
        first = work.outbox.claim(now=NOW + 1, until=UNTIL)
        assert first is not None
        assert first.id == LETTER.id
        second = claim(database, now=NOW + 1)
        assert second is not None
        assert second.id == LATER.id
        assert claim(database, now=NOW + 1) is None, "the one that is being claimed is not waited for"
    database.close()
