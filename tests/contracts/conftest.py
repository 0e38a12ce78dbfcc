"""The same suite over each database, and over each place for counters."""

from collections.abc import Iterator

import pytest

from app.adapters.redis.counters import RedisCounters
from app.adapters.sql.declaration import Base
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.ports.counters import Counters
from tests.contracts.samples import (
    ACME,
    ALICE,
    BOB,
    GLOBEX,
    GLOBEX_BOB,
    GLOBEX_MAIN,
    MAIN,
    NOW,
    PERSON,
    SPARE,
    STRANGER,
    StoppedClock,
)
from tests.services.postgres import PostgresServer
from tests.services.worlds import migrate

URLS = {"sqlite": "sqlite_url", "postgres": "postgres_database_url"}
"""The fixture that gives each kind of database."""


@pytest.fixture(scope="session")
def postgres_of_contracts(postgres_server: PostgresServer) -> str:
    postgres_server.start()
    return postgres_server.fresh(template="contracts", prepare=migrate)


@pytest.fixture
def postgres_database_url(postgres_of_contracts: str, postgres_server: PostgresServer) -> str:
    """A migrated database, emptied: a new one for each test would take most of the suite's time."""
    postgres_server.start()
    database = SqlDatabase(postgres_of_contracts)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no triggers: the audit's refuse
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    database.close()
    return postgres_of_contracts


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(URLS[request.param]))


@pytest.fixture
def database(database_url: str) -> Iterator[SqlDatabase]:
    """Migrated, and empty."""
    database = SqlDatabase(database_url)
    yield database
    database.close()


@pytest.fixture
def stored(database: SqlDatabase) -> SqlDatabase:
    """With the tenants, connections, accounts and identities of `samples`."""
    with database.write() as work:
        for tenant in (ACME, GLOBEX):
            work.tenants.save(tenant)
        for connection in (MAIN, SPARE, GLOBEX_MAIN):
            work.connections.save(connection)
        for account in (BOB, ALICE, GLOBEX_BOB):
            work.accounts.save(account)
        for identity in (PERSON, STRANGER):
            work.identities.save(identity, at=NOW)
    return database


@pytest.fixture
def on_postgres(postgres_database_url: str) -> Iterator[SqlDatabase]:
    """Empty."""
    database = SqlDatabase(postgres_database_url)
    yield database
    database.close()


@pytest.fixture
def pooled(pgbouncer_url: str) -> Iterator[SqlDatabase]:
    """Empty, and PgBouncer is in between."""
    database = SqlDatabase(pgbouncer_url)
    yield database
    database.close()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def counters(request: pytest.FixtureRequest, clock: StoppedClock) -> Iterator[Counters]:
    if request.param == "redis":
        in_redis = RedisCounters(request.getfixturevalue("redis_url"))
        yield in_redis
        in_redis.close()
    else:
        database = SqlDatabase(request.getfixturevalue(URLS[request.param]))
        yield SqlCounters(database.engine, clock)
        database.close()
