"""A tenant to attack: acme, whose alice signs in at an honest provider."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.threats.acme import ALICE, Acme
from tests.threats.canary import Canary, watching
from tests.threats.running import running_world


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


@pytest.fixture
def canary(acme: Acme, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Canary]:
    """Watches acme: what it writes, what it keeps, what it shows."""
    with watching(acme, tmp_path) as made:
        yield made
