"""What is over is removed in small transactions: see docs/decisions/0040."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from app.adapters.sql import purge
from app.adapters.sql.accounts import account_imports
from app.adapters.sql.executor import Executor, Statement
from app.adapters.sql.mail import notices, outbox
from app.adapters.sql.oauth2.rows import AuthorizationCodeRow, RefreshTokenRow
from app.adapters.sql.tables import ConsumedAttemptRow
from app.adapters.sql.traces import login_activity, traces
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.login.login_attempt import AttemptId
from app.domain.sessions.session import SessionId
from app.services.clean_up import Turn
from tests.contracts.oauth2.test_authorizations import CODE, OFFLINE, TOKEN, kept
from tests.contracts.plans import plan_of
from tests.contracts.removal import remove_all
from tests.contracts.samples import NOW, PASSWORD_SESSION, StoppedClock

__all__ = ["kept"]

MANY = 20_000
LONG_AFTER = NOW + 90 * 86_400
BY_TIME: dict[str, Statement] = {
    **{f"ix_{row.__tablename__}_expires_at": statement for row, statement in purge.STATEMENTS.items()},
    "ix_outbox_queued_at": outbox.FORGET,
    "ix_notices_at": notices.FORGET,
    "ix_traces_bound_at": traces.FORGET_OLD,
    "ix_login_counts_begins_at": login_activity.FORGET_COUNTS,
    "ix_account_imports_uploaded_at": account_imports.FORGET,
}


def add_attempts(database: SqlDatabase, many: int, *, expires_at: float = NOW) -> None:
    with database.engine.begin() as connection:
        rows = [{"id": f"{expires_at}-{number}", "expires_at": expires_at + number} for number in range(many)]
        connection.execute(insert(ConsumedAttemptRow), rows)


def left(database: SqlDatabase) -> int:
    with database.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM burned_attempts").scalar_one())


def turn(pause: Callable[[float], object] = lambda _s: None, clock: StoppedClock | None = None) -> Turn:
    return Turn(clock or StoppedClock(), pause, ends_at=NOW + 1)


@pytest.mark.parametrize("index", BY_TIME)
def test_what_is_over_is_found_by_when_it_ended(sqlite_url: str, index: str) -> None:
    database = SqlDatabase(sqlite_url)
    more = {"kind": True} if "traces" in index else {}
    plan = plan_of(database, BY_TIME[index], before=NOW, most=10, **more)
    assert index in plan, plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan, "it would sort everything that is over to remove ten"
    database.close()


def test_a_few_of_many_are_removed_without_reading_the_table(database: SqlDatabase) -> None:
    """As `key IN (SELECT … LIMIT …)` PostgreSQL read a million rows to delete five thousand."""
    add_attempts(database, MANY)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE burned_attempts")
    plan = plan_of(database, purge.STATEMENTS[ConsumedAttemptRow], before=NOW + MANY, most=500)
    assert "ix_burned_attempts_expires_at" in plan, plan
    assert "Seq Scan" not in plan
    assert "SCAN" not in plan


def test_each_transaction_removes_the_oldest_and_at_most_so_many(database: SqlDatabase) -> None:
    add_attempts(database, 100)
    found: list[int] = []

    def once(remove_some: Callable[[int], int]) -> int:
        found.append(remove_some(30))
        return found[-1]

    database.purge(NOW + 86_400, once)
    assert max(found) == 30
    assert left(database) == 70
    with database.read() as work:
        assert not work.attempts.consumed(AttemptId(f"{NOW}-29"))
        assert work.attempts.consumed(AttemptId(f"{NOW}-30"))


def test_whoever_signs_in_meanwhile_is_served(stored: SqlDatabase) -> None:
    """Between two transactions nothing is locked: also on SQLite, where only one can write."""
    add_attempts(stored, 1000)
    signed_in: list[SessionId] = []

    def sign_in(_s: float) -> None:
        session = replace(PASSWORD_SESSION, id=SessionId(f"session-{len(signed_in)}"), expires_at=NOW + 30 * 86_400)
        with stored.write() as work:
            work.sessions.add(session)
        signed_in.append(session.id)

    stored.purge(NOW + 86_400, turn(sign_in).remove)
    assert left(stored) == 0
    assert len(signed_in) > 1
    with stored.read() as work:
        assert all(work.sessions.live(key, now=NOW) for key in signed_in), "what lives is not removed"


def test_after_a_crash_the_rest_is_removed_the_next_time(database: SqlDatabase) -> None:
    add_attempts(database, 1000)

    def crash(_s: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.purge(NOW + 86_400, turn(crash).remove)
    assert left(database) == 800, "what was removed stays removed"
    assert database.purge(NOW + 86_400, turn().remove) == 800


def test_two_workers_share_the_work(database: SqlDatabase) -> None:
    """On SQLite one waits for the other; on PostgreSQL each passes over what the other is just removing."""
    add_attempts(database, 100)
    statement = purge.STATEMENTS[ConsumedAttemptRow]
    if database.engine.dialect == "sqlite":
        assert [database.purge(NOW + 86_400, remove_all), database.purge(NOW + 86_400, remove_all)] == [100, 0]
        return
    with database.engine.writing() as first:
        assert Executor(database.engine, first).changed(statement, before=NOW + 86_400, most=60) == 60
        with database.engine.writing() as second:
            assert Executor(database.engine, second).changed(statement, before=NOW + 86_400, most=60) == 40
    assert left(database) == 0


def test_a_family_of_thousands_of_tokens_goes_piece_by_piece(kept: SqlDatabase) -> None:
    with kept.write() as work:
        work.authorizations.add_code(CODE)
        work.authorizations.add_refresh_token(TOKEN)
    with kept.engine.begin() as connection:
        family = {"authorization_id": OFFLINE.id, "issued_at": NOW, "expires_at": NOW}
        rows = [{"token_hash": f"used-{number}", **family} for number in range(999)]
        connection.execute(insert(RefreshTokenRow), rows)
    found: list[int] = []

    def by_hundreds(remove_some: Callable[[int], int]) -> int:
        found.append(remove_some(100))
        return found[-1] + (by_hundreds(remove_some) if found[-1] >= 100 else 0)

    kept.purge(LONG_AFTER + 86_400, by_hundreds)
    assert max(found) <= 200
    with kept.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(RefreshTokenRow)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(AuthorizationCodeRow)).scalar_one() == 0


def test_a_turn_ends_in_time_and_says_that_there_is_more(database: SqlDatabase) -> None:
    add_attempts(database, 1000)
    clock = StoppedClock()

    def late(_s: float) -> None:
        clock.time += 2

    first = turn(late, clock)
    assert database.purge(NOW + 86_400, first.remove) == 200
    assert first.unfinished
    assert left(database) == 800
