import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.adapters.sql.database.engine import SqlEngine
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.login.login_attempt import AttemptId
from app.ports.counters import Limit
from app.ports.repositories import AlreadyStored, Database
from app.services.clean_up import MOST
from tests.contracts.removal import remove_all
from tests.contracts.samples import ACME, GLOBEX, NOW, PASSWORD_SESSION, StoppedClock


def slugs(database: Database) -> list[str]:
    with database.read() as work:
        return [tenant.slug for tenant in work.tenants.all()]


def test_a_written_unit_is_there_afterwards(database: SqlDatabase) -> None:
    with database.write() as work:
        work.tenants.save(ACME)
        work.tenants.save(GLOBEX)
    assert slugs(database) == ["acme", "globex"]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_any_exception_undoes_the_whole_unit(database: SqlDatabase, stop: type[BaseException]) -> None:
    def fail() -> None:
        with database.write() as work:
            work.tenants.save(ACME)
            raise stop

    with pytest.raises(stop):
        fail()
    assert slugs(database) == []


def test_nobody_sees_a_unit_before_its_end(database: SqlDatabase) -> None:
    with database.write() as work:
        work.tenants.save(ACME)
        assert slugs(database) == []
        assert [tenant.slug for tenant in work.tenants.all()] == ["acme"]


def test_a_reading_unit_sees_what_was_committed_before_each_query(database: SqlDatabase) -> None:
    with database.read() as reading:
        assert reading.tenants.all() == []
        with database.write() as work:
            work.tenants.save(ACME)
        assert reading.tenants.all() == [ACME]


def test_connections_go_back_clean_after_an_undone_unit(database: SqlDatabase) -> None:
    def fail() -> None:
        with database.write() as work:
            work.tenants.save(ACME)
            raise KeyError

    for _ in range(50):
        with pytest.raises(KeyError):
            fail()
    with database.write() as work:
        work.tenants.save(GLOBEX)
    assert slugs(database) == ["globex"]


def test_purging_removes_what_is_long_over_and_nothing_else(stored: SqlDatabase, clock: StoppedClock) -> None:
    counters = SqlCounters(stored.engine, clock)
    short, long = Limit(key="short", most=1, window_s=60), Limit(key="long", most=1, window_s=7200)
    counters.hit([short, long])
    with stored.write() as work:
        for name, expires_at in (("over", NOW), ("lately", NOW + 4000)):
            work.attempts.consume(AttemptId(name), expires_at=expires_at)
        work.sessions.add(PASSWORD_SESSION)
    assert stored.purge(NOW + 3661, remove_all) == 2
    assert stored.purge(PASSWORD_SESSION.expires_at + 3600, remove_all) == 0
    assert stored.purge(PASSWORD_SESSION.expires_at + 3601, remove_all) == 1
    with stored.read() as work:
        assert not work.attempts.consumed(AttemptId("over"))
        assert work.attempts.consumed(AttemptId("lately"))
        assert work.sessions.live(PASSWORD_SESSION.id, now=NOW) is None
    assert counters.hit([long]) > 0


def test_purging_goes_on_until_all_is_gone(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.write() as work:
        for number in range(MOST + 1):
            work.attempts.consume(AttemptId(str(number)), expires_at=NOW)
    assert database.purge(NOW + 4000, remove_all) == MOST + 1


def test_sqlite_is_set_up_for_many_processes_and_kept_consistent(sqlite_url: str) -> None:
    engine = SqlEngine(sqlite_url)
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    engine.close()
    assert settings == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "synchronous": 1}


def test_the_folder_of_a_sqlite_file_is_made_and_is_nobody_elses(tmp_path: Path) -> None:
    database = SqlDatabase(f"sqlite:///{tmp_path}/new/instance/bridge.db")
    database.upgrade()
    database.close()
    assert (tmp_path / "new/instance").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def loose_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("loose_umask")
@pytest.mark.parametrize("exists", [False, True])
def test_the_files_of_sqlite_are_nobody_elses_whatever_the_folder(tmp_path: Path, *, exists: bool) -> None:
    """A backup that was copied back, a folder that others may read: the next connection tightens what is there."""
    file = tmp_path / "bridge.db"
    if exists:
        SqlDatabase(f"sqlite:///{file}").upgrade()
        for name in ("", "-wal", "-shm"):
            Path(f"{file}{name}").touch()
            Path(f"{file}{name}").chmod(0o664)
    database = SqlDatabase(f"sqlite:///{file}")
    database.upgrade()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE written (x)")
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    database.close()
    assert modes == dict.fromkeys(("bridge.db", "bridge.db-wal", "bridge.db-shm"), "0o600")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://bridge:secret@127.0.0.1/bridge", "mysql is not supported"),
        ("postgresql+psycopg2://bridge:secret@127.0.0.1/bridge", "psycopg2 is not supported"),
        ("secret", "not a database URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_without_showing_its_password(url: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        SqlDatabase(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite+pysqlite:///:memory:",
        "sqlite:///file::memory:?uri=true",
        "sqlite:///file:bridge?mode=memory&cache=shared&uri=true",
    ],
)
def test_a_database_in_memory_where_each_connection_would_find_it_empty_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite in memory .*: name a file, such as sqlite:////var/lib/"):
        SqlDatabase(url)


def test_two_tenants_cannot_have_one_slug(stored: SqlDatabase) -> None:
    with pytest.raises(AlreadyStored), stored.write() as work:
        work.tenants.save(replace(GLOBEX, slug="acme"))
