from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.crypto.client_assertions import SignedAssertions
from app.domain.accounts.account import Account
from app.domain.tenants.tenant import Tenant
from app.services.oauth2.client_authentication import ClientAuthenticator
from tests.apps import App
from tests.builders import World
from tests.threats.oauth2.door import DESK, PHONE, SIGNER, Door


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


@pytest.fixture
def door(world: World) -> Door:
    with world.bridge.database.write() as work:
        for client in (DESK, PHONE, SIGNER):
            work.clients.save(client)
    bridge = world.bridge
    return Door(
        world,
        ClientAuthenticator(
            database=bridge.database,
            counters=bridge.counters,
            assertions=SignedAssertions(),
            clock=world.clock,
            issuer=bridge.settings.public_url,
        ),
    )
