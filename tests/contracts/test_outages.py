import sqlite3
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.adapters.redis.counters import RedisCounters
from app.adapters.sql.database import engine, postgres, sqlite
from app.adapters.sql.oauth2.rows import ScopeRow
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import Sealed
from app.domain.errors import StoreUnavailable
from app.domain.tenants.tenant import TenantId
from app.ports.counters import Limit
from tests.contracts.removal import remove_all
from tests.contracts.samples import ACME, GLOBEX, PASSWORD_SESSION, StoppedClock
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer

SCOPE = insert(ScopeRow)
LIMIT = Limit(key="name", most=1, window_s=60)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for locks and connections are over at once."""
    monkeypatch.setattr(engine, "POOL_S", 0.05)
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)
    monkeypatch.setattr(postgres, "LOCK_S", 0.05)


def use(database: SqlDatabase) -> None:
    with database.write() as work:
        work.tenants.save(ACME)
    with database.read() as work:
        assert work.tenants.get(ACME.id) == ACME


def test_while_postgresql_is_away_everything_says_so_and_works_again_after(
    on_postgres: SqlDatabase, postgres_server: PostgresServer
) -> None:
    use(on_postgres)
    counters = SqlCounters(on_postgres.engine, StoppedClock())
    postgres_server.stop()
    for act in (
        lambda: use(on_postgres),
        on_postgres.check,
        on_postgres.missing_migrations,
        on_postgres.upgrade,
        lambda: on_postgres.purge(0.0, remove_all),
        lambda: counters.hit([LIMIT]),
        lambda: counters.forgive([LIMIT]),
        counters.check,
    ):
        with pytest.raises(StoreUnavailable) as caught:
            act()
        assert caught.value.store == "database"
    postgres_server.start()
    use(on_postgres)
    on_postgres.check()
    counters.check()


def test_a_restart_of_postgresql_between_two_requests_is_not_noticed(
    on_postgres: SqlDatabase, postgres_server: PostgresServer
) -> None:
    with ExitStack() as several:
        for _ in range(5):
            several.enter_context(on_postgres.read()).tenants.all()
    postgres_server.stop()
    postgres_server.start()
    for _ in range(6):
        use(on_postgres)


def test_a_method_says_that_postgresql_went_away_in_the_middle_of_a_unit(
    on_postgres: SqlDatabase, postgres_server: PostgresServer
) -> None:
    def write() -> None:
        with on_postgres.write() as work:
            work.tenants.save(ACME)
            postgres_server.stop()
            with pytest.raises(StoreUnavailable) as caught:
                work.tenants.save(GLOBEX)
            raise caught.value

    with pytest.raises(StoreUnavailable):
        write()
    postgres_server.start()
    with on_postgres.read() as work:
        assert work.tenants.all() == []


def test_a_unit_whose_commit_is_lost_says_so(on_postgres: SqlDatabase, postgres_server: PostgresServer) -> None:
    def write() -> None:
        with on_postgres.write() as work:
            work.tenants.save(ACME)
            postgres_server.stop()

    with pytest.raises(StoreUnavailable):
        write()


def test_a_database_that_was_never_there_is_unavailable() -> None:
    database = SqlDatabase("postgresql+psycopg://bridge@127.0.0.1:1/bridge")
    with pytest.raises(StoreUnavailable):
        database.check()


def test_a_database_that_refuses_writing_is_unavailable(postgres_url: str) -> None:
    database = SqlDatabase(postgres_url)
    database.upgrade()
    name = postgres_url.rpartition("/")[2]
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    database.close()
    for act in (database.check, lambda: use(database)):
        with pytest.raises(StoreUnavailable) as caught:
            act()
        assert caught.value.problem == "is read-only"
    database.close()


def test_a_postgresql_without_tables_is_unavailable(postgres_url: str) -> None:
    database = SqlDatabase(postgres_url)
    assert database.current() is None
    with pytest.raises(StoreUnavailable):
        use(database)
    database.close()


def test_a_sqlite_file_without_tables_is_unavailable(tmp_path: Path) -> None:
    database = SqlDatabase(f"sqlite:///{tmp_path}/bridge.db")
    assert database.current() is None
    with pytest.raises(StoreUnavailable):
        use(database)
    database.close()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    file = tmp_path / "bridge.db"
    file.write_text("nothing that SQLite wrote" * 100)
    database = SqlDatabase(f"sqlite:///{file}")
    with pytest.raises(StoreUnavailable):
        database.check()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = SqlDatabase(f"sqlite:///{tmp_path}/file/bridge.db")
    with pytest.raises(StoreUnavailable):
        database.check()


def test_a_full_disk_is_unavailable_and_leaves_the_unit_undone(sqlite_url: str) -> None:
    database = SqlDatabase(sqlite_url)

    def fill() -> None:
        with database.write() as work:
            driver = work.sql.connection
            assert isinstance(driver, sqlite.FileConnection)
            driver.execute("PRAGMA max_page_count = 1")
            for number in range(1000):
                work.tenants.save(ACME)
                work.tenants.save(GLOBEX)
                work.sql.changed(SCOPE, name=str(number), description="x" * 4000)

    with pytest.raises(StoreUnavailable):
        fill()
    database.close()
    with database.read() as work:
        assert work.tenants.all() == []
    database.close()


@pytest.mark.usefixtures("impatient")
def test_who_waits_too_long_for_a_lock_is_told_so(database_url: str) -> None:
    database = SqlDatabase(database_url)
    with database.write() as work:
        work.tenants.save(ACME)
        with pytest.raises(StoreUnavailable):
            use(database)
    use(database)
    database.close()


@pytest.mark.usefixtures("impatient")
def test_who_waits_too_long_for_a_connection_is_told_so(database_url: str) -> None:
    database = SqlDatabase(database_url)
    with ExitStack() as all_of_them:
        for _ in range(40):
            all_of_them.enter_context(database.read())
        with pytest.raises(StoreUnavailable), database.read():
            pass
    database.check()
    database.close()


def test_who_waits_too_long_for_another_process_on_sqlite_is_told_so(sqlite_url: str, impatient: None) -> None:
    database = SqlDatabase(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        use(database)
    other.close()
    use(database)
    database.close()


def test_a_mistake_of_ours_is_not_called_an_outage(stored: SqlDatabase) -> None:
    with pytest.raises((OperationalError, ProgrammingError)), stored.engine.connect() as connection:
        connection.exec_driver_sql("SELEKT 1")


def test_what_was_stored_is_not_in_the_text_of_an_error(stored: SqlDatabase) -> None:
    taken = replace(PASSWORD_SESSION, id_token=Sealed("a-secret-token"), tenant_id=TenantId("nobody"))
    with pytest.raises(IntegrityError) as caught, stored.write() as work:
        work.sessions.add(taken)
    assert "a-secret-token" not in str(caught.value)


def test_while_redis_is_away_counters_say_so_and_work_again_after(redis_server: RedisServer) -> None:
    counters = RedisCounters(redis_server.url)
    assert counters.hit([LIMIT]) == 0
    redis_server.stop()
    for act in (lambda: counters.hit([LIMIT]), lambda: counters.forgive([LIMIT]), counters.check):
        with pytest.raises(StoreUnavailable) as caught:
            act()
        assert caught.value.store == "redis"
    redis_server.start()
    counters.check()
    assert counters.hit([LIMIT]) == 0
    counters.close()


def test_a_restart_of_redis_between_two_requests_is_not_noticed(redis_server: RedisServer) -> None:
    counters = RedisCounters(redis_server.url)
    counters.hit([LIMIT])
    redis_server.stop()
    redis_server.start()
    assert counters.hit([LIMIT]) == 0
    counters.close()


def test_what_somebody_else_wrote_over_a_counter_is_an_outage_not_a_crash(redis_server: RedisServer) -> None:
    counters = RedisCounters(redis_server.url)
    counters.hit([LIMIT])
    (key,) = [key for key in counters._client.scan_iter() if not key.endswith(b":stopped")]
    counters._client.delete(key)
    counters._client.lpush(key, "poison")
    with pytest.raises(StoreUnavailable):
        counters.hit([LIMIT])
    counters.close()
