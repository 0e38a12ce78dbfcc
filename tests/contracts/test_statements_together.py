"""Statements that travel together: what is undone, who hears of an error, and which connection is used again."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Select, func, insert, literal_column, select, update
from sqlalchemy.exc import DBAPIError, InternalError

from app.adapters.sql.database import limits, postgres
from app.adapters.sql.database.postgres import BoundedConnection
from app.adapters.sql.database.sqlite import FileConnection
from app.adapters.sql.oauth2.rows import ScopeRow
from app.adapters.sql.tables import TenantRow
from app.adapters.sql.unit_of_work import SqlDatabase, SqlWork
from app.domain.errors import StoreUnavailable
from app.domain.login.login_attempt import AttemptId
from app.ports.repositories import AlreadyStored
from tests.contracts.samples import ACME, BOB, GLOBEX, NOW, PASSWORD_SESSION
from tests.services.pgbouncer import SERVER_CONNECTIONS
from tests.services.postgres import PostgresServer

ONCE = AttemptId("once")
OFTEN = 10
"""More often than it takes for a statement to be prepared."""
MEGABYTES = 32
MISTAKEN: Select[Any] = select(literal_column("1 +"))
SEEN = select(func.current_setting("statement_timeout"), func.current_setting("lock_timeout"))
LONGEST_SILENCE_S = 1.0
SLOWLY = func.pg_sleep(LONGEST_SILENCE_S / 2).is_not(None)
PREPARED = "SELECT count(*) FROM pg_prepared_statements"


def with_bob(database: SqlDatabase) -> SqlDatabase:
    with database.write() as work:
        work.tenants.save(ACME)
        work.accounts.save(BOB)
    return database


@pytest.fixture
def on_postgres(on_postgres: SqlDatabase) -> SqlDatabase:
    return with_bob(on_postgres)


@pytest.fixture
def pooled(pooled: SqlDatabase) -> SqlDatabase:
    return with_bob(pooled)


def driver_of(work: SqlWork) -> BoundedConnection:
    driver = work.sql.connection
    assert isinstance(driver, BoundedConnection)
    return driver


def noted(database: SqlDatabase) -> bool:
    with database.read() as work:
        return work.attempts.consumed(ONCE)


def is_kept(database: SqlDatabase) -> bool:
    with database.read() as work:
        return work.sessions.tenant_of(PASSWORD_SESSION.id) is not None


def note_and_add_twice(database: SqlDatabase, *, read: bool) -> None:
    with database.write() as work:
        work.attempts.consume(ONCE, expires_at=NOW)
        work.sessions.add(PASSWORD_SESSION)
        work.sessions.add(PASSWORD_SESSION)
        if read:
            work.tenants.all()
            pytest.fail("a statement was executed after one that failed")


@pytest.mark.parametrize("read", [False, True])
def test_the_error_of_a_write_that_nobody_waited_for_undoes_the_whole_unit(stored: SqlDatabase, *, read: bool) -> None:
    for _ in range(OFTEN):  # prepared or not
        with pytest.raises(AlreadyStored):
            note_and_add_twice(stored, read=read)
    assert not noted(stored)
    assert not is_kept(stored)


@pytest.mark.parametrize("url", ["postgres_database_url", "pgbouncer_url"])
def test_writes_that_are_slow_one_after_the_other_are_not_taken_for_a_database_that_hangs(
    request: pytest.FixtureRequest, url: str
) -> None:
    """They would be committed after we had said that they were not, and all others would be refused."""
    database = SqlDatabase(request.getfixturevalue(url))
    slow = update(TenantRow).where(TenantRow.id == ACME.id, SLOWLY).values(name="Slow")
    with database.write() as work:
        work.tenants.save(ACME)
    with database.write() as work:
        driver_of(work).statement_s = LONGEST_SILENCE_S - (limits.ANSWER_S - limits.STATEMENT_S)
        for _ in range(3):
            work.sql.send(slow)
    with database.read() as work:
        found = work.tenants.get(ACME.id)
        assert found is not None
        assert found.name == "Slow"
    database.close()


def test_a_write_that_nobody_waited_for_is_seen_by_the_next_statement_of_its_unit(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.sessions.add(PASSWORD_SESSION)
        assert work.sessions.tenant_of(PASSWORD_SESSION.id) == ACME.id
        assert not is_kept(stored)
    assert is_kept(stored)


def test_where_each_statement_commits_itself_nothing_waits(stored: SqlDatabase) -> None:
    with stored.read() as work:
        work.sessions.add(PASSWORD_SESSION)
        assert is_kept(stored)


def test_an_exception_after_a_write_that_nobody_waited_for_undoes_it(stored: SqlDatabase) -> None:
    def fail() -> None:
        with stored.write() as work:
            work.sessions.add(PASSWORD_SESSION)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not is_kept(stored)


def test_a_unit_that_goes_on_after_an_error_is_not_called_committed(on_postgres: SqlDatabase) -> None:
    """PostgreSQL answers its COMMIT with ROLLBACK, which is no error."""

    def swallow() -> None:
        with on_postgres.write() as work:
            work.attempts.consume(ONCE, expires_at=NOW)
            with suppress(DBAPIError):
                work.sql.value(MISTAKEN)

    with pytest.raises(InternalError):
        swallow()
    assert not noted(on_postgres)


def test_a_single_statement_commits_itself_and_a_second_one_is_refused(stored: SqlDatabase) -> None:
    with stored.write_once() as work:
        assert work.attempts.consume(ONCE, expires_at=NOW)
        assert noted(stored)
        with pytest.raises(TypeError, match="use `write`"):
            work.attempts.consume(ONCE, expires_at=NOW)
    with stored.write_once() as work:
        assert not work.attempts.consume(ONCE, expires_at=NOW)


def test_a_single_statement_has_its_limits_with_and_without_a_pooler(
    on_postgres: SqlDatabase, pooled: SqlDatabase
) -> None:
    for database in (on_postgres, pooled):
        with database.write_once() as work:
            assert work.sql.first(SEEN, tuple) == ("3500ms", "3s")
    for _ in range(3 * SERVER_CONNECTIONS):
        with pooled.read() as work:
            assert work.sql.first(SEEN, tuple) == ("0", "0")


def test_behind_a_pooler_they_travel_together_too_and_none_is_prepared(pooled: SqlDatabase) -> None:
    for number in range(OFTEN):
        with pooled.write() as work:
            work.attempts.consume(AttemptId(f"a{number}"), expires_at=NOW)
            work.sessions.add(PASSWORD_SESSION)
            work.sql.connection.rollback()
        with pytest.raises(AlreadyStored):
            note_and_add_twice(pooled, read=False)
    assert not noted(pooled)
    for _ in range(3 * SERVER_CONNECTIONS):
        with pooled.read() as work:
            assert driver_of(work).execute(PREPARED).fetchone() == (0,)


def test_a_statement_that_could_not_be_prepared_leaves_no_name_behind(on_postgres: SqlDatabase) -> None:
    with on_postgres.read() as work:
        for _ in range(OFTEN):
            with pytest.raises(DBAPIError, match="syntax error"):
                work.sql.value(MISTAKEN)
            assert work.tenants.all() == [ACME]
        prepared = [text for (text,) in driver_of(work).execute("SELECT statement FROM pg_prepared_statements")]
        assert ["FROM tenants" in text for text in prepared if text.startswith("SELECT")] == [True]


def test_more_than_the_network_holds_goes_out_and_comes_back(stored: SqlDatabase) -> None:
    """Both sides would wait for ever if one only wrote while the other only answered."""
    rows = [{"name": f"n{number:04}", "description": "x" * 65536} for number in range(16 * MEGABYTES)]
    with stored.write() as work:
        found = work.sql.each(insert(ScopeRow).returning(ScopeRow.name, ScopeRow.description), rows)
    assert [tuple(row) for row in found] == [(row["name"], row["description"]) for row in rows]


def test_a_connection_that_breaks_in_between_is_not_used_again(on_postgres: SqlDatabase) -> None:
    broken: list[BoundedConnection] = []

    def write() -> None:
        with on_postgres.write() as work:
            work.attempts.consume(ONCE, expires_at=NOW)
            broken.append(driver_of(work))
            with on_postgres.read() as other:
                other.sql.value(select(func.pg_terminate_backend(broken[0].info.backend_pid)))
            work.sessions.add(PASSWORD_SESSION)

    with pytest.raises(StoreUnavailable):
        write()
    assert broken[0].closed
    assert not noted(on_postgres)
    assert not is_kept(on_postgres)


def test_a_server_that_hangs_while_a_unit_is_written_holds_nobody_for_long(
    on_postgres: SqlDatabase, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[BoundedConnection] = []

    def write() -> None:
        with on_postgres.write() as work:
            used.append(driver_of(work))
            work.sessions.add(PASSWORD_SESSION)

    on_postgres.check()
    monkeypatch.setattr(postgres, "ANSWER_S", limits.STATEMENT_S - 3.3)
    with postgres_server.hung(), pytest.raises(StoreUnavailable) as caught:
        write()
    assert caught.value.problem == "does not answer"
    assert used[0].closed


class Interrupted(BaseException):
    pass


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    signal.signal(signal.SIGALRM, before)


def test_an_answer_that_nobody_waited_for_reaches_nobody_else(on_postgres: SqlDatabase) -> None:
    def sleep() -> None:
        with on_postgres.read() as work:
            work.sql.value(select(func.pg_sleep(2)))

    with interrupted_after(0.1), pytest.raises(Interrupted):
        sleep()
    with on_postgres.read() as work:
        assert work.tenants.all() == [ACME]


def test_a_connection_that_comes_back_within_a_transaction_is_not_used_again(stored: SqlDatabase) -> None:
    with stored.engine.reading() as driver:
        assert isinstance(driver, BoundedConnection | FileConnection)
        driver.execute("BEGIN")
        driver.execute("UPDATE tenants SET name = 'gone'")
    with stored.engine.reading() as other:
        assert other is not driver
    with stored.read() as work:
        assert work.tenants.all() == [ACME, GLOBEX]
