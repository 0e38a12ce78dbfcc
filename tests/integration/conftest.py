"""A world of a test's own, over each database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.customer import Customer, new_customer
from tests.integration.server import Server
from tests.services.postgres import PostgresServer


def migrate(url: str) -> None:
    database = SqlDatabase(url)
    database.upgrade()
    database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database: a copy of it costs less than the migrations."""
    file = tmp_path_factory.mktemp("integration") / "empty.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'sso-bridge.sqlite3')}"


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    postgres_server.start()
    url = postgres_server.fresh(template="integration", prepare=migrate)
    yield url
    postgres_server.start()
    postgres_server.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def either_database_url(request: pytest.FixtureRequest) -> str:
    """Migrated and empty: the test runs on each."""
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgres": "migrated_postgres_url"}[request.param]))


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """On SQLite."""
    world = World.create(tmp_path, database_url=sqlite_url)
    yield world
    world.close()


@pytest.fixture
def postgres_world(tmp_path: Path, migrated_postgres_url: str) -> Iterator[World]:
    world = World.create(tmp_path, database_url=migrated_postgres_url)
    yield world
    world.close()


@pytest.fixture
def either_world(tmp_path: Path, either_database_url: str) -> Iterator[World]:
    """The test runs on SQLite and on PostgreSQL."""
    world = World.create(tmp_path, database_url=either_database_url)
    yield world
    world.close()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def running_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`sso-bridge serve` with two workers. Many tests share it; one that stops it starts it again."""
    folder = tmp_path_factory.mktemp("server")
    url = f"sqlite:///{folder}/sso-bridge.sqlite3"
    if request.param == "postgres":
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        postgres.start()
        url = postgres.fresh()
    migrate(url)
    server = Server.start(folder, url)
    yield server
    server.close()


@pytest.fixture
def customer(running_server: Server, idp: FakeProvider) -> Customer:
    """At the running server."""
    return new_customer(running_server, idp)
