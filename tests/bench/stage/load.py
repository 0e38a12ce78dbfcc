"""Load from processes of its own, on the core that the bridge does not have."""

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Any, Protocol, TypeAlias

from tests.bench.stage.browser import Browser
from tests.bench.stage.machine import OTHER_CORE

PROCESSES = 2
Results: TypeAlias = "Queue[Any]"
"""Each process puts the seconds of its visits, or what went wrong."""


class Visit(Protocol):
    """What is measured, by one browser: returns the seconds that count. Raises Failed. Must be picklable."""

    def prepare(self, browser: Browser) -> None: ...
    def __call__(self, browser: Browser) -> float: ...


@dataclass(frozen=True, slots=True)
class Measured:
    """All visits succeeded; `seconds` are those that each counted, in ascending order."""

    took_s: float
    seconds: tuple[float, ...]

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.took_s

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * share))] * 1000


def visited(visit: Visit, *, users: int, times: int, begun: Callable[[], None]) -> Measured:
    """`times` visits in all, by `users` browsers at once. `begun` is called when everybody is prepared."""
    each = max(1, users // PROCESSES)
    context = multiprocessing.get_context("fork")
    ready, start = context.Barrier(PROCESSES + 1), context.Barrier(PROCESSES + 1)
    results: Results = context.Queue()
    processes = [
        context.Process(target=_process, args=(visit, each, times // (PROCESSES * each), (ready, start), results))
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    began = 0.0
    with suppress(BrokenBarrierError):  # a process failed, and says so below
        ready.wait()
        begun()
        began = time.perf_counter()
        start.wait()
    found = [results.get() for _ in processes]
    took_s = time.perf_counter() - began
    for process in processes:
        process.join()
    failures = [one for one in found if isinstance(one, str)]
    if failures:
        raise SystemExit(f"No figures: a visit failed: {failures[0]}")
    return Measured(took_s, tuple(sorted(second for one in found if not isinstance(one, str) for second in one)))


def _process(visit: Visit, users: int, times: int, lines: tuple[Barrier, Barrier], results: Results) -> None:
    os.sched_setaffinity(0, {OTHER_CORE})
    ready, start = lines
    browsers = [Browser() for _ in range(users)]
    try:
        with ThreadPoolExecutor(users) as pool:
            list(pool.map(visit.prepare, browsers))
            ready.wait()
            start.wait()
            found = pool.map(lambda browser: [visit(browser) for _ in range(times)], browsers)
            results.put([second for one in found for second in one])
    except Exception as error:  # noqa: BLE001 - the run says why it does not count
        results.put(f"{type(error).__name__}: {error}")
        for barrier in lines:
            barrier.abort()
