"""The provider under test is the bridge; its person is acme's alice, who signs in at acme's own provider."""

import pytest

from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.oauth2_app import OAuth2App
from tests.threats.acme import Acme


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Acme:
    idp.clock = world.clock.now
    return Acme.founded(world, idp)


@pytest.fixture
def app(acme: Acme) -> OAuth2App:
    return OAuth2App.registered(acme.world)
