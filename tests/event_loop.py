"""Steps on an event loop, as the server runs them."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

V = TypeVar("V")


def in_a_loop(steps: Coroutine[Any, Any, V]) -> V:
    """In a thread of its own: the browser of other tests may have a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, steps).result()
