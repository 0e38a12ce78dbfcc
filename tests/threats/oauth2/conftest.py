from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.accounts.account import Account
from app.domain.tenants.tenant import Tenant
from tests.apps import App
from tests.builders import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World.create(tmp_path)
    world.clock.stand()
    yield world
    world.close()


@pytest.fixture
def acme(world: World) -> Tenant:
    return world.tenant("acme")


@pytest.fixture
def bob(world: World, acme: Tenant) -> Account:
    return world.account(acme, "bob", email="bob@acme.example", password="correct horse battery")


@pytest.fixture
def desk(world: World) -> App:
    return App.registered(world)
