"""A tenant to attack: acme, whose alice signs in at an honest provider."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from tests.builders import World, settings_for
from tests.fake_idp import FakeProvider
from tests.threats.acme import ALICE, Acme
from tests.threats.running import running_world


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated, empty database: copying is cheaper than migrating."""
    folder = tmp_path_factory.mktemp("migrated")
    database = SqlDatabase(settings_for(folder).database)
    database.upgrade()
    database.close()
    return folder


@pytest.fixture
def world(tmp_path: Path, migrated: Path) -> Iterator[World]:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    with running_world(tmp_path) as world:
        yield world


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Acme:
    return Acme.founded(world, idp)


@pytest.fixture
def rival() -> Iterator[FakeProvider]:
    """Another provider, in an attacker's hands. Nobody signs in there before the test says who."""
    with FakeProvider() as provider:
        yield provider


@pytest.fixture(scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acme]:
    with running_world(tmp_path_factory.mktemp("shared")) as world, FakeProvider(clock=world.clock.now) as idp:
        yield Acme.founded(world, idp)


@pytest.fixture
def steady(_shared: Acme) -> Iterator[Acme]:
    """The tenant acme for tests that leave no trace of themselves in it but logins: an hour later, in a new browser."""
    _shared.world.clock.forward(3600)
    _shared.browser = _shared.world.client()
    _shared.idp.honest()
    _shared.idp.person("alice", email=ALICE, name="Alice Agent", preferred_username="alice")
    _shared.idp.claims_in = "both"
    _shared.idp.iss_in_response = True
    _shared.idp.forget_requests()
    yield _shared
    _shared.world.save(_shared.main)
