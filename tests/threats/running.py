"""A bridge for a whole file of attacks: what it holds open is closed at the end."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.adapters.http.client import OutboundClient
from tests.builders import World


@contextmanager
def running_world(folder: Path, **settings: object) -> Iterator[World]:
    """`settings` as in `tests.builders.settings_for`."""
    world = World.create(folder, **settings)
    outbound = world.bridge.outbound
    assert isinstance(outbound, OutboundClient)
    with closing(world.bridge.database), closing(outbound):
        yield world
