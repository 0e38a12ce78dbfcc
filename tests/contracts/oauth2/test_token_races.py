"""One of fifty threads, and one of several processes, uses a code or a refresh token: a row decides."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from tests.contracts.oauth2.test_authorizations import CODE, DESK, OFFLINE, TOKEN
from tests.contracts.race import in_processes
from tests.contracts.samples import NOW

AT_ONCE = 50
Act = Callable[[SqlDatabase], bool]


def use_code(database: SqlDatabase) -> bool:
    with database.write() as work:
        return work.authorizations.use_code(CODE.code_hash, at=NOW)


def use_refresh_token(database: SqlDatabase) -> bool:
    with database.write() as work:
        return work.authorizations.use_refresh_token(TOKEN.token_hash, at=NOW)


def retry_refresh_token(database: SqlDatabase) -> bool:
    with database.write() as work:
        return work.authorizations.retry_refresh_token(TOKEN.token_hash, at=NOW)


def both_in_own_process(url: str) -> tuple[bool, bool]:
    database = SqlDatabase(url)
    used = use_code(database), use_refresh_token(database)
    database.close()
    return used


@pytest.fixture
def issued(stored: SqlDatabase) -> SqlDatabase:
    with stored.write() as work:
        work.clients.save(DESK)
        work.authorizations.add(OFFLINE)
        work.authorizations.add_code(CODE)
        work.authorizations.add_refresh_token(TOKEN)
    return stored


def at_once(act: Act, database: SqlDatabase) -> int:
    barrier = Barrier(AT_ONCE)

    def begin(_: int) -> bool:
        barrier.wait()
        return act(database)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(begin, range(AT_ONCE)))


def test_of_fifty_threads_one_uses_each(issued: SqlDatabase) -> None:
    assert [at_once(act, issued) for act in (use_code, use_refresh_token, retry_refresh_token)] == [1, 1, 1]


def test_of_several_processes_one_uses_each(issued: SqlDatabase, database_url: str) -> None:
    answers = in_processes(both_in_own_process, database_url)
    assert [sum(answer) for answer in zip(*answers, strict=True)] == [1, 1]
