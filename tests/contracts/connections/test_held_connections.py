"""A login that waits for whoever changes its connection sees the change: PostgreSQL shows it only what it locks."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from app.adapters.sql.connections import connections
from app.adapters.sql.unit_of_work import SqlDatabase, SqlWork
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.tenants.tenant import Status, Tenant
from tests.contracts.plans import plan_of
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import ACME, GLOBEX, GLOBEX_MAIN, MAIN, NOW, SPARE


def held_by(work: SqlWork, connection_id: ConnectionId = MAIN.id) -> tuple[Connection, Tenant] | None:
    (found,) = work.sql.together(connections.held_with_tenant(connection_id))
    return found[0] if found else None


def held(database: SqlDatabase) -> tuple[Connection, Tenant] | None:
    with database.write() as work:
        return held_by(work)


def wait_for_a_waiter(url: str) -> None:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as watcher:
        while watcher.execute(query).fetchone() is None:
            pass


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_who_waited_for_a_change_of_the_connection_reads_it_changed(stored: SqlDatabase, database_url: str) -> None:
    disabled = replace(MAIN, status=Status.DISABLED)
    with ThreadPoolExecutor(1) as login:
        with stored.write() as work:
            work.tenants.lock(ACME.id)
            waiting = login.submit(held, stored)
            wait_for_a_waiter(database_url)
            work.connections.save(disabled)
        assert waiting.result() == (disabled, ACME)


def test_logins_that_all_note_a_test_of_their_connection_do_not_block_one_another(stored: SqlDatabase) -> None:
    def log_in(_: int) -> bool:
        with stored.write() as work:
            found = held_by(work)
            assert found is not None
            work.connections.mark_tested(MAIN, at=NOW)
        return True

    assert all_at_once(log_in) == [True] * AT_ONCE


def test_it_is_found_whatever_its_status_and_absent_if_there_is_none(stored: SqlDatabase) -> None:
    gone = replace(ACME, status=Status.DISABLED)
    with stored.write() as work:
        work.tenants.save(gone)
        assert held_by(work) == (MAIN, gone)
        assert held_by(work, GLOBEX_MAIN.id) == (GLOBEX_MAIN, GLOBEX)
        assert held_by(work, ConnectionId("nothing")) is None


def test_a_tenant_is_found_with_its_connections_by_name_and_with_those_only(stored: SqlDatabase) -> None:
    first = replace(SPARE, name="a", status=Status.DISABLED)
    with stored.write() as work:
        work.connections.save(first)
        work.tenants.save(replace(ACME, id="tenant-empty", slug="empty"))  # type: ignore[arg-type]  # any id
    with stored.read() as work:
        assert work.connections.by_tenant_slug("acme") == (ACME, [first, MAIN])
        assert work.connections.by_tenant_slug("globex") == (GLOBEX, [GLOBEX_MAIN])
        found = work.connections.by_tenant_slug("empty")
        assert found is not None
        assert found[1] == []
        assert work.connections.by_tenant_slug("nothing") is None
        assert work.connections.by_tenant_slug("a\x00b") is None


def test_both_read_along_indexes(stored: SqlDatabase) -> None:
    with stored.write() as work:
        for number in range(300):
            tenant = replace(ACME, id=f"tenant-{number}", slug=f"t{number}")  # type: ignore[arg-type]  # any id
            work.tenants.save(tenant)
            work.connections.save(replace(MAIN, id=f"c{number}", tenant_id=tenant.id))  # type: ignore[arg-type]  # any
    if stored.engine.dialect == "postgresql":
        with stored.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    plans = (
        plan_of(stored, connections._BY_TENANT_SLUG, slug="t7"),
        plan_of(stored, connections._HELD_WITH_TENANT, wanted="c7"),
    )
    for plan in plans:
        assert "Seq Scan" not in plan
        assert "SCAN" not in plan, plan
