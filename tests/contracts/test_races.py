import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.held import HeldDecision, HeldLoginId
from app.domain.accounts.identity import IdentityId
from app.domain.login.login_attempt import AttemptId
from app.domain.sessions.session import SessionId
from app.services.accounts.matching import _known, _with_value
from tests.contracts.race import AT_ONCE, all_at_once, in_processes
from tests.contracts.samples import ACME, BOB, HELD, MAIN, NOW, PASSWORD_SESSION, PERSON

ATTEMPTS = [AttemptId(f"attempt-{number}") for number in range(20)]


def consumed_by(database: SqlDatabase) -> list[bool]:
    consumed = []
    for attempt in ATTEMPTS:
        with database.write() as work:
            consumed.append(work.attempts.consume(attempt, expires_at=NOW))
    return consumed


def claimed_by(database: SqlDatabase) -> list[bool]:
    consumed = []
    for attempt in ATTEMPTS:
        with database.write_once() as work:
            consumed.append(work.attempts.consume(attempt, expires_at=NOW))
    return consumed


def consumed_in_own_process(url: str) -> list[bool]:
    database = SqlDatabase(url)
    consumed = consumed_by(database)
    database.close()
    return consumed


@pytest.mark.parametrize("consume", [consumed_by, claimed_by])
def test_one_of_many_threads_consumes_an_attempt(
    database: SqlDatabase, consume: Callable[[SqlDatabase], list[bool]]
) -> None:
    answers = all_at_once(lambda _: consume(database))
    assert [sum(answer) for answer in zip(*answers, strict=True)] == [1] * len(ATTEMPTS)


def test_one_of_many_processes_consumes_an_attempt(database_url: str) -> None:
    answers = in_processes(consumed_in_own_process, database_url)
    assert [sum(answer) for answer in zip(*answers, strict=True)] == [1] * len(ATTEMPTS)


def test_one_session_comes_of_an_attempt_and_the_losers_leave_nothing(stored: SqlDatabase) -> None:
    def open_session(number: int) -> bool:
        with stored.write() as work:
            won = work.attempts.consume(ATTEMPTS[0], expires_at=NOW)
            if won:
                work.sessions.add(replace(PASSWORD_SESSION, id=SessionId(f"session-{number}")))
            return won

    assert sum(all_at_once(open_session)) == 1
    with stored.write() as work:
        assert work.sessions.end_of_tenant(ACME.id, at=NOW) == 1


def test_one_of_many_subjects_gets_an_account(stored: SqlDatabase) -> None:
    subjects = [
        replace(PERSON, id=IdentityId(f"identity-race-{number}"), subject=f"race-{number}") for number in range(AT_ONCE)
    ]

    def link(number: int) -> bool:
        with stored.write() as work:
            work.identities.save(subjects[number], at=NOW)
            return work.identities.link(subjects[number], BOB.id, at=NOW)

    won = all_at_once(link)
    assert sum(won) == 1
    holder = subjects[won.index(True)]
    with stored.read() as work:
        assert work.identities.held_by_others(MAIN.id, [BOB.id], issuer=PERSON.issuer, subject="nobody") == {
            BOB.id: holder.subject
        }


def test_first_logins_of_one_person_at_once_all_open_the_account_under_one_identity(stored: SqlDatabase) -> None:
    def log_in(number: int) -> tuple[IdentityId, bool]:
        mine = replace(PERSON, id=IdentityId(f"identity-race-{number}"), subject="newcomer")
        with stored.write() as work:
            kept = replace(mine, id=work.identities.save(mine, at=NOW))
            return kept.id, work.identities.link(kept, BOB.id, at=NOW + number)

    answers = all_at_once(log_in)
    assert len({identity_id for identity_id, _ in answers}) == 1
    assert all(linked for _, linked in answers)


def test_a_first_login_that_another_of_the_same_person_overtakes_finds_no_other_holder(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)  # after this login had found no identity
        found = _with_value(work, MAIN, PERSON.issuer, "bob@acme.example")
        known = _known(work, MAIN, None, PERSON.subject, found)
        another = _known(work, MAIN, None, "new", found)
    assert known.with_value == another.with_value == (BOB,)
    assert (known.holders, another.holders) == ({}, {BOB.id: PERSON.subject})


def test_a_login_held_many_times_at_once_waits_once(stored: SqlDatabase) -> None:
    def hold(number: int) -> None:
        with stored.write() as work:
            work.held.add(replace(HELD, id=HeldLoginId(f"held-{number}")))

    all_at_once(hold)
    with stored.read() as work:
        assert len(work.held.of_tenant(ACME.id, decision=HeldDecision.OPEN)) == 1


def test_one_of_many_decisions_counts(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.held.add(HELD)

    def decide(number: int) -> bool:
        decision = HeldDecision.ACCEPTED if number % 2 else HeldDecision.REFUSED
        with stored.write() as work:
            return work.held.decide(replace(HELD, decision=decision, decided_at=NOW, decided_by=str(number)))

    assert sum(all_at_once(decide)) == 1


def test_changes_under_a_lock_are_made_one_after_the_other(stored: SqlDatabase) -> None:
    def raise_epoch(_: int) -> None:
        for _ in range(5):
            with stored.write() as work:
                tenant = work.tenants.lock(ACME.id)
                assert tenant is not None
                work.tenants.save(replace(tenant, password_epoch=tenant.password_epoch + 1))

    all_at_once(raise_epoch)
    with stored.read() as work:
        tenant = work.tenants.get(ACME.id)
    assert tenant is not None
    assert tenant.password_epoch == ACME.password_epoch + 5 * AT_ONCE


def test_on_sqlite_nobody_writes_between_what_a_unit_reads_and_what_it_writes(sqlite_url: str) -> None:
    database = SqlDatabase(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None, timeout=0)
    with database.write() as work:
        assert not work.attempts.consumed(ATTEMPTS[0])
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO burned_attempts VALUES (?, 0)", (ATTEMPTS[0],))
        assert work.attempts.consume(ATTEMPTS[0], expires_at=NOW)
    other.close()
    database.close()
