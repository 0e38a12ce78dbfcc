import pytest

from tests.builders import World
from tests.threats.setup.newcomer import Newcomer


@pytest.fixture
def newcomer(world: World) -> Newcomer:
    return Newcomer(world, world.tenant("acme", name="Acme"))
