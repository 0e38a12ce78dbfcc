"""A bridge for a whole file of attacks: what it holds open is closed at the end."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.builders import World


@contextmanager
def running_world(folder: Path, **settings: object) -> Iterator[World]:
    """`settings` as in `tests.builders.settings_for`."""
    with closing(World.create(folder, **settings)) as world:
        yield world
