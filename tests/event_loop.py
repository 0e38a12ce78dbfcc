"""Steps on an event loop, as the server runs them."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

V = TypeVar("V")


def in_a_loop(steps: Coroutine[Any, Any, V]) -> V:
    """In a thread of its own: the browser of other tests may have a loop in this one.

    Nobody waits for that thread once the test has been given up: steps without end would stop the whole run.
    """
    done: Future[V] = Future()

    def run() -> None:
        try:
            done.set_result(asyncio.run(steps))
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits for it
            done.set_exception(error)

    Thread(target=run, name="event loop", daemon=True).start()
    return done.result()
