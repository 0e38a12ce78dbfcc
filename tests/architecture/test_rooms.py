"""Who knows a room finds it on each floor, by the same name (docs/architecture.md)."""

import pytest

from tests.architecture.rooms import FLOORS, ROOMS, drawn, folders, grid


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_has_no_rooms_but_those_that_every_floor_has(floor: str) -> None:
    assert folders(floor) - set(ROOMS) == set()


def test_the_page_draws_the_rooms_as_they_are() -> None:
    assert drawn() == grid(), "run: .venv/bin/python -m tests.architecture.rooms"
