"""The embedded database is locked, may only be read, or is empty."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import structlog

from app.adapters.sql.database import sqlite
from app.adapters.sql.database.engine import SqlEngine
from tests.builders import World, callback_of, password_login, reference_in
from tests.fake_idp import FakeProvider
from tests.integration.outage import PASSWORD, furnished, is_unavailable, readiness


@pytest.fixture
def on_sqlite(world: World, idp: FakeProvider) -> World:
    return furnished(world, idp)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a lock is over at once."""
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else, in a program of their own, is writing and does not come to an end."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def test_an_embedded_database_that_somebody_keeps_locked_is_unavailable_for_logins_only(
    impatient: None, on_sqlite: World, sqlite_url: str, idp: FakeProvider
) -> None:
    signed_in, client = on_sqlite.client(), on_sqlite.client()
    assert on_sqlite.sign_in(signed_in, idp).status_code == 303
    callback = callback_of(client, idp)
    with locked(sqlite_url):
        assert is_unavailable(client.get(callback))
        assert is_unavailable(password_login(on_sqlite.client(), "alice", PASSWORD))
        assert on_sqlite.session(signed_in) is not None, "reading goes on"
        assert signed_in.get("/account").status_code == 200
    assert on_sqlite.session(client) is None
    assert on_sqlite.sign_in(client, idp).status_code == 303


def test_a_login_that_the_database_refused_is_found_in_the_log_and_after_a_reload_in_its_trace(
    impatient: None, on_sqlite: World, sqlite_url: str, idp: FakeProvider
) -> None:
    """Nothing could be stored: page and log line share a reference, the one that a reload then finishes."""
    client = on_sqlite.client()
    callback = callback_of(client, idp)
    with locked(sqlite_url), structlog.testing.capture_logs() as lines:
        reference = reference_in(client.get(callback))
    (said,) = [line for line in lines if line["event"] == "refused"]
    assert said["reference"] == reference
    assert (said["reason"], said["store"]) == ("store_unavailable", "database")
    counted = on_sqlite.client().get("/metrics").get_data(as_text=True)
    assert 'outcome="failed",reason="store_unavailable"' in counted

    assert client.get(callback).status_code == 303
    trace = on_sqlite.bridge.traces.get(reference)
    assert (trace.reason, trace.tenant) == (None, "acme")


def test_an_embedded_database_that_may_only_be_read_is_unavailable_for_logins_only(
    on_sqlite: World, idp: FakeProvider
) -> None:
    signed_in, client = on_sqlite.client(), on_sqlite.client()
    assert on_sqlite.sign_in(signed_in, idp).status_code == 303
    callback = callback_of(client, idp)
    with on_sqlite.bridge.database.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    answer = client.get(callback)
    assert is_unavailable(answer)
    assert reference_in(answer)
    on_sqlite.clock.forward(61)
    assert on_sqlite.session(signed_in) is not None, "although it cannot be noted that it was seen"
    assert on_sqlite.session(client) is None


def test_a_database_without_tables_makes_the_bridge_unready_and_says_what_to_run(
    tmp_path: Path, idp: FakeProvider
) -> None:
    world = World.create(tmp_path)
    with closing(sqlite3.connect(tmp_path / "sso-bridge.sqlite3")) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        file.execute("PRAGMA foreign_keys = OFF")
        for table in tables:
            file.execute(f'DROP TABLE "{table}"')
    status, dependencies = readiness(world)
    assert status == 503
    assert "sso-bridge db upgrade" in str(dependencies["migrations"]["reason"])
    assert is_unavailable(world.client().get("/t/acme/login"))
    world.close()


def test_a_file_that_was_moved_away_under_the_server_is_missed_and_taken_when_it_is_back(
    on_sqlite: World, sqlite_url: str, idp: FakeProvider
) -> None:
    """SQLite would go on writing into the moved file, or into none, and nobody would know."""
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    client = on_sqlite.client()
    assert on_sqlite.sign_in(client, idp).status_code == 303
    moved = file.rename(file.with_name("moved.sqlite3"))
    status, dependencies = readiness(on_sqlite)
    assert (status, dependencies["database"]["reason"]) == (
        503,
        "the database is missing: its file was moved or deleted",
    )
    assert is_unavailable(client.get("/session"))
    assert is_unavailable(password_login(on_sqlite.client(), "alice", PASSWORD))
    assert not file.exists(), "no empty one takes its place"
    moved.rename(file)
    assert readiness(on_sqlite)[0] == 200
    assert on_sqlite.session(client) is not None
    assert on_sqlite.sign_in(on_sqlite.client(), idp).status_code == 303


def test_a_backup_put_in_the_place_of_the_file_is_what_counts(
    on_sqlite: World, sqlite_url: str, idp: FakeProvider
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(file.with_name("backup"))) as backup:
        source.backup(backup)
    client = on_sqlite.client()
    assert on_sqlite.sign_in(client, idp).status_code == 303
    for part in ("-wal", "-shm"):
        file.with_name(file.name + part).unlink(missing_ok=True)
    file.with_name("backup").replace(file)
    assert on_sqlite.session(client) is None, "the backup knows nothing of it"
    assert on_sqlite.sign_in(client, idp).status_code == 303


@pytest.mark.parametrize(
    ("pragma", "reason"),
    [
        ("max_page_count = 1", "the database has run out of disk space"),
        ("query_only = ON", "the database is read-only"),
    ],
)
def test_readiness_tries_to_write_as_a_login_does(on_sqlite: World, pragma: str, reason: str) -> None:
    with on_sqlite.bridge.database.engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    status, dependencies = readiness(on_sqlite)
    assert (status, dependencies["database"]) == (503, {"ok": False, "reason": reason})


def test_what_readiness_writes_is_undone(on_sqlite: World, sqlite_url: str) -> None:
    assert readiness(on_sqlite)[0] == 200
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as file:
        assert file.execute("SELECT count(*) FROM burned_attempts").fetchone() == (0,)


def test_another_process_that_comes_and_goes_takes_nothing_away(tmp_path: Path) -> None:
    """Closing any descriptor of a file drops the locks on it (POSIX): then SQLite takes whoever goes for the last."""
    path = tmp_path / "bridge.sqlite3"
    engine = SqlEngine(f"sqlite:///{path}")

    def elsewhere(statement: str) -> str:
        code = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone())"
        command = [sys.executable, "-c", code, str(path), statement]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE written (number INTEGER)")
    with engine.connect() as first, engine.connect() as second:
        for reader in (first, second):
            reader.exec_driver_sql("SELECT * FROM written").all()
    assert elsewhere("SELECT count(*) FROM written") == "(0,)"
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO written VALUES (1)")
    assert elsewhere("SELECT count(*) FROM written") == "(1,)"
    engine.close()
