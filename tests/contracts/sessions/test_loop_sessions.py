"""Sessions asked for on the event loop: the same answers, at once, and never a wait that holds up the loop."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.adapters.sql.sessions import loop_sessions, questions
from app.adapters.sql.sessions.loop_sessions import SqlLoopSessions
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.errors import StoreUnavailable
from app.domain.sessions.session import SessionId
from app.ports.loop_sessions import NotOnLoop
from tests.contracts.samples import ACME, BOB, NOW, PASSWORD_SESSION
from tests.contracts.sessions.asked import opened
from tests.event_loop import in_a_loop
from tests.services.pgbouncer import PgBouncer
from tests.services.postgres import PostgresServer

SESSIONS = [replace(PASSWORD_SESSION, id=SessionId(f"session-{number}")) for number in range(100)]


@pytest.fixture
def signed_in(stored: SqlDatabase) -> SqlDatabase:
    """Bob is signed in a hundred times."""
    with stored.write() as work:
        for session in SESSIONS:
            work.sessions.add(session)
    return stored


@pytest.fixture
def on_postgres(on_postgres: SqlDatabase) -> SqlDatabase:
    with on_postgres.write() as work:
        work.tenants.save(ACME)
        work.accounts.save(BOB)
        work.sessions.add(SESSIONS[0])
    return on_postgres


@pytest.fixture(autouse=True)
def _again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_sessions, "AGAIN_S", 0.0)


@asynccontextmanager
async def asking(database: SqlDatabase) -> AsyncIterator[SqlLoopSessions]:
    sessions = SqlLoopSessions(database.engine)
    await opened(sessions)
    try:
        yield sessions
    finally:
        sessions.close()


async def live(sessions: SqlLoopSessions, number: int = 0) -> bool:
    return await sessions.summary(SESSIONS[number].id, now=NOW) is not None


async def back(sessions: SqlLoopSessions) -> None:
    """Until the loop answers again. Who asks meanwhile is sent to a thread."""
    while True:
        await asyncio.sleep(0)  # what has just been opened is only used when the loop goes on
        try:
            await opened(sessions)
            await live(sessions)
        except (NotOnLoop, StoreUnavailable):
            continue
        return


async def all_sent_away(sessions: SqlLoopSessions, asked: int) -> None:
    answers = await asyncio.gather(*(live(sessions) for _ in range(asked)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [NotOnLoop] * asked


def test_of_many_who_ask_at_once_everybody_is_given_their_own(signed_in: SqlDatabase) -> None:
    async def ask() -> None:
        async with asking(signed_in) as sessions:
            for _ in range(3):
                wanted = [*(session.id for session in SESSIONS), SessionId("nobody")]
                found = await asyncio.gather(*(sessions.summary(one, now=NOW) for one in wanted))
                assert [one.id if one else None for one in found] == [*wanted[:-1], None]

    in_a_loop(ask())


def test_behind_a_pooler_everybody_is_given_their_own(on_postgres: SqlDatabase, pgbouncer: PgBouncer) -> None:
    pooled = SqlDatabase(pgbouncer.url(on_postgres.engine._engine.url.render_as_string()))

    async def ask() -> None:
        async with asking(pooled) as one, asking(pooled) as another, asking(on_postgres) as direct:
            for _ in range(20):
                wanted = [SESSIONS[0].id, SessionId("nobody")] * 10
                for sessions in (one, another, direct):
                    found = await asyncio.gather(*(sessions.summary(key, now=NOW) for key in wanted))
                    assert [answer is not None for answer in found] == [True, False] * 10

    in_a_loop(ask())
    with pooled.engine.connect() as connection:
        prepared = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
        assert prepared.scalar_one() == 0
    pooled.close()


def test_what_another_connection_has_ended_is_ended_for_the_next_question(signed_in: SqlDatabase) -> None:
    async def ask() -> None:
        async with asking(signed_in) as sessions:
            for number in range(20):
                assert await live(sessions, number)
                with signed_in.write() as work:
                    work.sessions.end(SESSIONS[number].id, at=NOW)
                assert not await live(sessions, number)

    in_a_loop(ask())


def test_what_no_database_could_store_is_nobodys(signed_in: SqlDatabase) -> None:
    async def ask() -> None:
        async with asking(signed_in) as sessions:
            for forged in ("\x00", "\ud800"):
                assert await sessions.summary(SessionId(forged), now=NOW) is None

    in_a_loop(ask())


def test_before_there_is_a_connection_and_after_the_end_the_loop_answers_nothing(signed_in: SqlDatabase) -> None:
    async def ask() -> None:
        sessions = SqlLoopSessions(signed_in.engine)
        await all_sent_away(sessions, 3)
        await back(sessions)
        sessions.close()
        await all_sent_away(sessions, 3)

    in_a_loop(ask())


def test_a_backup_that_was_restored_is_read_and_a_file_that_is_gone_is_not(sqlite_url: str, tmp_path: Path) -> None:
    database, file = SqlDatabase(sqlite_url), Path(sqlite_url.removeprefix("sqlite:///"))
    backup = shutil.copy(file, tmp_path / "backup")
    with database.write() as work:
        work.tenants.save(ACME)
        work.accounts.save(BOB)
        work.sessions.add(SESSIONS[0])

    async def ask() -> None:
        async with asking(database) as sessions:
            assert await live(sessions)
            database.close()
            move_away(file)
            await all_sent_away(sessions, 1)
            shutil.copy(backup, file)
            await back(sessions)
            assert not await live(sessions), "the backup knows nobody"

    in_a_loop(ask())
    database.close()


def move_away(file: Path) -> None:
    for part in file.parent.glob(f"{file.name}*"):
        part.rename(part.with_suffix(".moved"))


def test_who_asks_on_the_loop_cannot_write(signed_in: SqlDatabase, sqlite_url: str) -> None:
    database = SqlDatabase(sqlite_url)

    async def ask() -> None:
        async with asking(database) as sessions:
            way = sessions._way
            assert way is not None
            assert way._driver.execute("PRAGMA query_only").fetchone() == (1,)  # type: ignore[attr-defined]  # of SQLite
            assert way._driver.execute("PRAGMA busy_timeout").fetchone() == (0,)  # type: ignore[attr-defined]  # of SQLite

    in_a_loop(ask())
    database.close()


def test_while_postgresql_is_away_nobody_waits_and_then_it_is_asked_again(
    on_postgres: SqlDatabase, postgres_server: PostgresServer
) -> None:
    async def ask() -> None:
        async with asking(on_postgres) as sessions:
            assert await live(sessions)
            postgres_server.stop()
            await all_sent_away(sessions, 50)
            with pytest.raises(StoreUnavailable):
                await opened(sessions)
            postgres_server.start()
            await back(sessions)

    in_a_loop(ask())


def test_while_postgresql_hangs_all_who_wait_are_sent_away_and_then_it_is_asked_again(
    on_postgres: SqlDatabase, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "ANSWER_S", 0.2)

    async def ask() -> None:
        async with asking(on_postgres) as sessions:
            assert await live(sessions)
            with postgres_server.hung():
                await all_sent_away(sessions, 50)
                await all_sent_away(sessions, 50)
            await back(sessions)

    in_a_loop(ask())


def test_only_so_many_wait(on_postgres: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "UNANSWERED_AT_MOST", 10)

    async def ask() -> None:
        async with asking(on_postgres) as sessions:
            assert await live(sessions)
            answers = await asyncio.gather(*(live(sessions) for _ in range(30)), return_exceptions=True)
            assert answers[:10] == [True] * 10
            assert [type(answer) for answer in answers[10:]] == [NotOnLoop] * 20
            assert await live(sessions)

    in_a_loop(ask())
