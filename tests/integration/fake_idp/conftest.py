"""The fake provider tested by itself: what it does by default must be exactly what an honest one does."""

import pytest

from tests.fake_idp import FakeProvider
from tests.integration.fake_idp.party import Party


@pytest.fixture(autouse=True)
def _time_stands_still(idp: FakeProvider) -> None:
    idp.clock = lambda: 1_790_000_000.0


@pytest.fixture
def party(idp: FakeProvider) -> Party:
    return Party(idp)
