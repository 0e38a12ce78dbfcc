from pathlib import Path

import pytest

from tests.builders import World
from tests.integration.providers.stage import Stage, staged


@pytest.fixture
def stage(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return staged(world, tmp_path, monkeypatch)
