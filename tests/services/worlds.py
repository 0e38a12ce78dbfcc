"""Migrated databases, and a world of a test's own over each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from tests.builders import World
from tests.services.postgres import PostgresServer


def migrate(url: str) -> None:
    database = SqlDatabase(url)
    database.upgrade()
    database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database: a copy of it costs less than the migrations."""
    file = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """Migrated and empty, in a file of this test's own."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'sso-bridge.sqlite3')}"


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    postgres_server.start()
    url = postgres_server.fresh(template="migrated", prepare=migrate)
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
