"""acme with its provider, whose clock is the test's, and an app."""

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
def app(world: World) -> OAuth2App:
    return OAuth2App.registered(world)
