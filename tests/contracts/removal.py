"""What is over, removed as the worker does it, but without pauses, until nothing is left."""

from collections.abc import Callable
from math import inf

from app.services.clean_up import Turn
from tests.contracts.samples import StoppedClock


def remove_all(remove_some: Callable[[int], int]) -> int:
    return Turn(StoppedClock(), lambda _s: None, ends_at=inf).remove(remove_some)
