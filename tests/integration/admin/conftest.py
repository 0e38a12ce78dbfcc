"""A tenant's admin over SQLite."""

import pytest

from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import Office


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Office:
    return Office(world, idp)
