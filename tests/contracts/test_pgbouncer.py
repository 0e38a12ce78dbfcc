"""Between the bridge and PostgreSQL stands PgBouncer, which gives each transaction to whatever connection is free."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, table

from app.adapters.sql.database import limits
from app.adapters.sql.database.driver import Pooler
from app.adapters.sql.database.postgres import BoundedConnection
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.errors import StoreUnavailable
from app.domain.sessions.session import SessionId
from app.domain.tenants.tenant import TenantId
from app.ports.counters import Limit
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import ACME, NOW, StoppedClock
from tests.services.pgbouncer import SERVER_CONNECTIONS, PgBouncer
from tests.services.postgres import PostgresServer

ROUNDS = 30
"""Well beyond the second time, when a statement would be prepared."""
SEEN = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"


def test_everybody_is_given_their_own_answer_whoever_had_the_connection_before(pooled: SqlDatabase) -> None:
    """A statement that another client prepared under the same name would answer with somebody else's row."""
    tenants = [replace(ACME, id=TenantId(f"t{n}"), slug=f"tenant-{n}", name=f"Tenant {n}") for n in range(AT_ONCE)]
    with pooled.write() as work:
        for tenant in tenants:
            work.tenants.save(tenant)

    def look_up(number: int) -> None:
        tenant = tenants[number]
        for turn in range(ROUNDS):
            with pooled.read() as work:
                assert work.tenants.by_slug(tenant.slug) == tenant
                # Another order of statements for each: names would not mean the same on two connections.
                if (turn + number) % 3:
                    assert work.tenants.get(tenant.id) == tenant
                    assert work.accounts.by_username(tenant.id, "nobody") is None
            with pooled.write() as work:
                assert work.tenants.lock(tenant.id) == tenant

    all_at_once(look_up)


def test_a_pooler_is_found_out_and_no_statement_is_prepared(pooled: SqlDatabase, migrated_postgres_url: str) -> None:
    assert pooled.engine.pooler() == Pooler(limited=False)
    direct = SqlDatabase(migrated_postgres_url)
    assert direct.engine.pooler() is None
    prepared = {}
    for name, database in (("pooled", pooled), ("direct", direct)):
        with database.write() as work:  # one server process, behind the pooler too
            for _ in range(10):
                work.tenants.all()
            prepared[name] = work.sql.value(select(func.count()).select_from(table("pg_prepared_statements"))) > 0
    assert prepared == {"pooled": False, "direct": True}
    direct.close()


def test_nothing_that_was_set_for_one_transaction_is_left_for_the_next_client(pooled: SqlDatabase) -> None:
    with pooled.engine.begin() as connection:
        assert connection.exec_driver_sql(SEEN).one() == ("3500ms", "3s")
    with pooled.engine.begin(statement_s=limits.MIGRATION_S) as connection:
        assert connection.exec_driver_sql(SEEN).one() == ("1h", "3s")
    for _ in range(3 * SERVER_CONNECTIONS):
        with pooled.engine.connect() as connection:
            assert connection.exec_driver_sql(SEEN).one() == ("0", "0")


def test_a_direct_connection_has_the_servers_limits_for_reading_too(migrated_postgres_url: str) -> None:
    direct = SqlDatabase(migrated_postgres_url)
    with direct.engine.connect() as connection:
        assert connection.exec_driver_sql(SEEN).one() == ("3500ms", "3s")
    direct.close()


def test_migrations_run_by_way_of_it(postgres_url: str, pgbouncer: PgBouncer) -> None:
    database = SqlDatabase(pgbouncer.url(postgres_url))
    all_at_once(lambda _: database.upgrade())
    assert database.missing_migrations() == ()
    database.check()
    database.close()


def test_counting_is_exact_by_way_of_it(pooled: SqlDatabase) -> None:
    counters = SqlCounters(pooled.engine, StoppedClock())
    limit = Limit(key="name", most=ROUNDS * AT_ONCE, window_s=60)
    all_at_once(lambda _: [counters.hit([limit]) for _ in range(ROUNDS)])
    assert counters.hit([limit]) > 0
    counters.forgive([limit])
    counters.forgive([limit])
    assert counters.hit([limit]) == 0
    counters.check()


def test_a_postgresql_that_hangs_behind_it_holds_nobody_for_long(
    pooled: SqlDatabase, postgres_server: PostgresServer
) -> None:
    pooled.check()
    with postgres_server.hung():
        for _ in range(3):
            with pytest.raises(StoreUnavailable) as caught:
                pooled.check()
            assert caught.value.problem == "does not answer"


def test_what_repositories_ask_often_is_prepared_and_never_behind_a_pooler(
    pooled: SqlDatabase, migrated_postgres_url: str
) -> None:
    direct = SqlDatabase(migrated_postgres_url)
    prepared = {}
    for name, database in (("pooled", pooled), ("direct", direct)):
        with database.read() as work:
            for _ in range(10):
                work.sessions.live(SessionId("nobody"), now=NOW)
            driver = work.sql.connection
            assert isinstance(driver, BoundedConnection)
            found = driver.execute("SELECT statement FROM pg_prepared_statements WHERE NOT from_sql")
            prepared[name] = [text for (text,) in found if "FROM sessions" in text]
    assert prepared["pooled"] == []
    assert len(prepared["direct"]) == 1
    direct.close()
