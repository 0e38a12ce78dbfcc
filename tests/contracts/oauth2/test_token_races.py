"""One of fifty threads, and one of several processes, uses a code or a refresh token: a row decides."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.oauth2.authorization import TokenHash
from tests.contracts.oauth2.test_authorizations import CODE, DESK, OFFLINE, TOKEN
from tests.contracts.race import in_processes
from tests.contracts.samples import NOW

AT_ONCE = 50
NEXT = replace(TOKEN, token_hash=TokenHash("next-hash"))
"""Issued for `TOKEN`."""
Act = Callable[[SqlDatabase], bool]


def use_code(database: SqlDatabase) -> bool:
    """Whoever sees it unused uses it."""
    with database.write() as work:
        found = work.authorizations.of_code(CODE.code_hash, DESK, now=NOW)
        assert found is not None
        if found[0].used_at is None:
            work.authorizations.use_code(CODE.code_hash, at=NOW)
    return found[0].used_at is None


def use_refresh_token(database: SqlDatabase) -> bool:
    with database.write() as work:
        found = work.authorizations.of_refresh_token(TOKEN.token_hash, DESK, now=NOW)
        assert found is not None
        if found[0].used_at is None:
            work.authorizations.use_refresh_token(TOKEN.token_hash, at=NOW)
    return found[0].used_at is None


def retry_refresh_token(database: SqlDatabase) -> bool:
    with database.write() as work:
        return work.authorizations.retry_refresh_token(TOKEN.token_hash, at=NOW + 5)


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
    assert [at_once(act, issued) for act in (use_code, use_refresh_token)] == [1, 1]
    with issued.write() as work:
        work.authorizations.add_refresh_token(NEXT)
    assert at_once(retry_refresh_token, issued) == 1


def test_of_several_processes_one_uses_each(issued: SqlDatabase, database_url: str) -> None:
    answers = in_processes(both_in_own_process, database_url)
    assert [sum(answer) for answer in zip(*answers, strict=True)] == [1, 1]


def test_a_refresh_token_is_used_once_and_retried_once(issued: SqlDatabase) -> None:
    with issued.write() as work:
        assert not work.authorizations.retry_refresh_token(TOKEN.token_hash, at=NOW), "not used yet"
        for at in (NOW + 1, NOW + 2):
            work.authorizations.use_refresh_token(TOKEN.token_hash, at=at)
        work.authorizations.add_refresh_token(NEXT)
        assert work.authorizations.retry_refresh_token(TOKEN.token_hash, at=NOW + 3)
        assert not work.authorizations.retry_refresh_token(TOKEN.token_hash, at=NOW + 4)
        found = work.authorizations.refresh_token(TOKEN.token_hash)
        assert work.authorizations.refresh_token(NEXT.token_hash) == replace(NEXT, used_at=NOW + 3, retried_at=NOW + 3)
    assert found == replace(TOKEN, used_at=NOW + 1, retried_at=NOW + 3)
