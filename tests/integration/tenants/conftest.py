from collections.abc import Iterator

import pytest

from tests.services.name_server import NameServer


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    with NameServer() as server:
        yield server
