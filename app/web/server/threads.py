"""The threads that requests are answered in."""

from asyncio import Future, get_running_loop
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread


class Threads:
    """Started as they are needed, at most so many, and kept. For one event loop.

    An executor would make a future of its own for each task, with its locks, beside that of the loop.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._started = 0
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.busy = 0
        """Tasks that have not ended, those that wait for a thread among them."""

    async def run(self, task: Callable[[], object]) -> None:
        """Until it has ended. What it raises is lost."""
        loop = get_running_loop()
        ended = loop.create_future()

        def run() -> None:
            try:
                task()
            finally:
                loop.call_soon_threadsafe(self._end, ended)

        self._tasks.put(run)
        self.busy += 1
        if self._started < min(self.busy, self._most):
            self._started += 1
            Thread(target=self._work, name=f"{self._name}_{self._started}", daemon=True).start()
        await ended

    def _end(self, ended: Future[None]) -> None:
        self.busy -= 1
        if not ended.done():  # as it is if nobody waits any more: the thread was busy all the same
            ended.set_result(None)

    def _work(self) -> None:
        while True:
            run = self._tasks.get()
            with suppress(BaseException):
                run()
            del run  # and the request with it
