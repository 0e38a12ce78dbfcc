"""Several threads that do one thing at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar("Result")
AT_ONCE = 8


def all_at_once(act: Callable[[int], Result]) -> list[Result]:
    """What `act` returned in each of eight threads that began together; it is given the thread's number."""
    barrier = Barrier(AT_ONCE)

    def begin(number: int) -> Result:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(begin, range(AT_ONCE)))
