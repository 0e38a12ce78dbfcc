"""What all tests share. Servers start when a test asks for their fixture, never before."""

import gc
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
NEW_OBJECTS = 50_000
"""Made before the garbage collector looks: an application has about as many, and most of them live as long as it."""


def pytest_collection_finish() -> None:
    """What is loaded by now stays. To look at all of it again and again took half of the time of each application."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])


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
