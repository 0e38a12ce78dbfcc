import pytest

from tests.builders import World
from tests.integration.providers.stage import Stage, staged


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return staged(world, monkeypatch)
