"""What all tests share. Servers start when a test asks for their fixture, never before."""

import socket
from pathlib import Path
from typing import NoReturn

import pytest

pytest_plugins = [
    "tests.chance",
    "tests.fake_idp.fixtures",
    "tests.services.browser",
    "tests.services.canaille",
    "tests.services.postgres",
    "tests.services.pgbouncer",
    "tests.services.redis",
    "tests.services.smtp",
    "tests.services.site",
    "tests.services.worlds",
]

UNIT = Path(__file__).parent / "unit"


@pytest.fixture(autouse=True)
def _unit_tests_reach_nothing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.path.is_relative_to(UNIT):
        return

    def refuse(*_arguments: object, **_named: object) -> NoReturn:
        message = "a unit test tried to reach the network"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
