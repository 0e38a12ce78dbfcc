"""The support console over SQLite."""

import pytest

from tests.builders import World
from tests.integration.support.counter import Counter


@pytest.fixture
def counter(world: World) -> Counter:
    return Counter(world)
