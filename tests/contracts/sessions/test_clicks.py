"""Clicks written after they were answered: none is lost, none revives a session, and nobody waits for them."""

from contextlib import closing
from dataclasses import replace

import pytest

from app.adapters.sql.sessions import sessions
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.errors import StoreUnavailable
from app.domain.sessions.session import SEEN_EVERY_S, Session, SessionId, SessionSummary
from app.services.sessions import clicks
from app.services.sessions.clicks import NEAR_ITS_END_S, Clicks
from tests.contracts.plans import plan_of
from tests.contracts.race import all_at_once
from tests.contracts.samples import NOW, PASSWORD_SESSION, SSO_SESSION
from tests.contracts.sessions import asked

DUE = NOW + SEEN_EVERY_S
OPEN = [replace(PASSWORD_SESSION, id=SessionId(f"open-{number}")) for number in range(20)]


@pytest.fixture
def signed_in(stored: SqlDatabase) -> SqlDatabase:
    with stored.write() as work:
        for session in (SSO_SESSION, *OPEN):
            work.sessions.add(session)
    return stored


def summary(database: SqlDatabase, session: Session, *, now: float = DUE) -> SessionSummary:
    with database.read() as work:
        found = work.sessions.summary(session.id, now=now)
    assert found is not None
    return found


def seen_at(database: SqlDatabase, session: Session) -> float:
    return summary(database, session).last_seen_at


def noted(database: SqlDatabase, *found: SessionSummary) -> None:
    """Answered, and written."""
    with closing(Clicks(database)) as waiting:
        for one in found:
            assert waiting.note(one, now=DUE)


def test_what_is_noted_is_written_when_it_is_closed(signed_in: SqlDatabase) -> None:
    noted(signed_in, *(summary(signed_in, one) for one in OPEN))
    assert {seen_at(signed_in, one) for one in OPEN} == {DUE}
    assert seen_at(signed_in, SSO_SESSION) == NOW


def test_what_is_noted_is_written_a_moment_later(signed_in: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clicks, "AFTER_S", 0.0)
    with closing(Clicks(signed_in)) as waiting:
        for second in range(3):
            waiting.note(summary(signed_in, OPEN[0]), now=DUE + second)
            waiting._thread.submit(int).result()  # after the write
            assert seen_at(signed_in, OPEN[0]) == DUE + second


def test_a_click_of_a_session_that_has_ended_meanwhile_changes_nothing(signed_in: SqlDatabase) -> None:
    both = summary(signed_in, OPEN[0]), summary(signed_in, OPEN[1])
    with signed_in.write() as work:
        work.sessions.end(OPEN[0].id, at=DUE)
    noted(signed_in, *both)
    assert asked.live(signed_in, OPEN[0].id, now=DUE) is None
    assert seen_at(signed_in, OPEN[1]) == DUE


def test_a_session_near_its_end_does_not_wait(signed_in: SqlDatabase) -> None:
    """What is asked a second later must find its click written, or would end it."""
    found = summary(signed_in, OPEN[0])
    with closing(Clicks(signed_in)) as waiting:
        assert waiting.note(found, now=found.expires_at - NEAR_ITS_END_S)
        assert not waiting.note(found, now=found.expires_at - NEAR_ITS_END_S + 1)


def test_only_so_many_wait(signed_in: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clicks, "WAITING_AT_MOST", 2)
    first, second, third = (summary(signed_in, one) for one in OPEN[:3])
    with closing(Clicks(signed_in)) as waiting:
        assert [waiting.note(one, now=DUE) for one in (first, second, third, first)] == [True, True, False, True]
    assert [seen_at(signed_in, one) for one in OPEN[:3]] == [DUE, DUE, NOW]


@pytest.mark.parametrize("problem", [StoreUnavailable("database"), ZeroDivisionError()])
def test_a_write_that_fails_is_forgotten_and_a_mistake_is_told(
    signed_in: SqlDatabase, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    monkeypatch.setattr(clicks, "AFTER_S", 0.0)
    found = summary(signed_in, OPEN[0])

    def fails() -> None:
        raise problem

    with closing(Clicks(signed_in)) as waiting:
        with monkeypatch.context() as patched:
            patched.setattr(signed_in, "write_once", fails)
            waiting.note(found, now=DUE)
            waiting._thread.submit(int).result()  # after the write
        if not isinstance(problem, StoreUnavailable):
            with pytest.raises(ZeroDivisionError):
                waiting.note(found, now=DUE)
        assert waiting.note(found, now=DUE)
    assert seen_at(signed_in, OPEN[0]) == DUE


def test_a_session_that_is_just_being_ended_is_not_waited_for(signed_in: SqlDatabase) -> None:
    if signed_in.engine.dialect == "sqlite":
        return  # one writer at a time: nobody holds a row
    with signed_in.write() as work:
        work.sessions.end(OPEN[0].id, at=DUE)
        noted(signed_in, *(summary(signed_in, one) for one in OPEN[:2]))
        assert seen_at(signed_in, OPEN[1]) == DUE
    assert asked.live(signed_in, OPEN[0].id, now=DUE) is None


def test_the_same_sessions_in_any_order_by_all_workers_at_once(signed_in: SqlDatabase) -> None:
    """PostgreSQL would end one of two transactions that wait for each other's rows."""
    ids = [one.id for one in OPEN]

    def write(number: int) -> None:
        for again in range(10):
            with signed_in.write_once() as work:
                work.sessions.seen(ids if number % 2 else ids[::-1], at=DUE + again)

    all_at_once(write)
    assert all(seen_at(signed_in, one) >= DUE for one in OPEN)


def test_a_million_sessions_are_not_read_for_a_few(signed_in: SqlDatabase) -> None:
    with signed_in.write() as work:
        for number in range(2000):
            work.sessions.add(replace(PASSWORD_SESSION, id=SessionId(f"more-{number}")))
    if signed_in.engine.dialect == "postgresql":
        with signed_in.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    plan = plan_of(signed_in, sessions._SEEN, wanted=["a", "b"], at=NOW)
    assert "Seq Scan" not in plan
    assert "SCAN sessions" not in plan
