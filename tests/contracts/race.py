"""Several threads, or processes, that do one thing at the same moment."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Given = TypeVar("Given")
Result = TypeVar("Result")
AT_ONCE = 8
PROCESSES = 3


def all_at_once(act: Callable[[int], Result]) -> list[Result]:
    """What `act` returned in each of eight threads that began together; it is given the thread's number."""
    barrier = Barrier(AT_ONCE)

    def begin(number: int) -> Result:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(begin, range(AT_ONCE)))


def in_processes(act: Callable[[Given], Result], given: Given) -> list[Result]:
    """What `act` returned in each of three processes. They are forks of one that has imported everything once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "app.adapters.sql.unit_of_work"])
    with context.Pool(PROCESSES) as processes:
        results = processes.map(act, [given] * PROCESSES, chunksize=1)
        processes.close()
        processes.join()
    return results
