"""Load from processes of its own, on the core that the bridge does not have."""

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from threading import BrokenBarrierError
from typing import Protocol, TypeAlias

from tests.bench.stage.browser import Browser
from tests.bench.stage.clicks import SessionCheck, clicked
from tests.bench.stage.machine import OTHER_CORE
from tests.bench.stage.statistics import percentile

PROCESSES = 2
NOTICED = BrokenBarrierError.__name__


class Visit(Protocol):
    """What is measured, by one browser: returns the seconds that count. Raises Failed. Must be picklable."""

    def prepare(self, browser: Browser) -> None: ...
    def __call__(self, browser: Browser) -> float: ...


@dataclass(frozen=True, slots=True)
class Crowd:
    """`times` visits in all, by `users` browsers at once, each as soon as its last is over, or every some seconds."""

    users: int
    times: int
    every_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """All visits succeeded; `seconds` are those that each counted, in ascending order."""

    took_s: float
    seconds: tuple[float, ...]
    driver_s: float = 0.0
    """CPU time of those who visited."""

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.took_s

    def percentile_ms(self, share: float) -> float:
        return percentile(self.seconds, share) * 1000


Part: TypeAlias = tuple[list[float], float]
Results: TypeAlias = "Queue[Part | str]"
"""Each process puts the seconds of its visits and its CPU time, or what went wrong."""


def visited(visit: Visit | SessionCheck, crowd: Crowd, *, begun: Callable[[], None]) -> Measured:
    """`begun` is called when everybody is prepared. Raises SystemExit if a visit fails."""
    processes_count = 1 if isinstance(visit, SessionCheck) else PROCESSES
    each = max(1, crowd.users // processes_count)
    share = Crowd(each, crowd.times // (processes_count * each), crowd.every_s)
    context = multiprocessing.get_context("fork")
    lines = context.Barrier(processes_count + 1), context.Barrier(processes_count + 1)
    results: Results = context.Queue()
    processes = [context.Process(target=_process, args=(visit, share, lines, results)) for _ in range(processes_count)]
    for process in processes:
        process.start()
    began = 0.0
    with suppress(BrokenBarrierError):  # a process failed, and says so below
        lines[0].wait()
        begun()
        began = time.perf_counter()
        lines[1].wait()
    found = [results.get() for _ in processes]
    took_s = time.perf_counter() - began
    for process in processes:
        process.join()
    if failures := [one for one in found if isinstance(one, str)]:
        # What one process says first is why; the other one may only have noticed.
        raise SystemExit(f"No figures: a visit failed: {min(failures, key=lambda said: said.startswith(NOTICED))}")
    parts = [part for part in found if not isinstance(part, str)]
    seconds = sorted(second for part, _ in parts for second in part)
    return Measured(took_s, tuple(seconds), sum(cpu_s for _, cpu_s in parts))


def _process(visit: Visit | SessionCheck, share: Crowd, lines: tuple[Barrier, Barrier], results: Results) -> None:
    """`share.times` are each browser's."""
    os.sched_setaffinity(0, {OTHER_CORE})
    browsers = [Browser() for _ in range(share.users)]
    try:
        with ThreadPoolExecutor(share.users) as pool:
            list(pool.map(visit.prepare, browsers))
            lines[0].wait()
            lines[1].wait()
            before = time.process_time()
            if isinstance(visit, SessionCheck):
                seconds = clicked(visit, browsers, share.times)
            else:
                seconds = _in_threads(visit, share, browsers, pool)
            results.put((seconds, time.process_time() - before))
    except Exception as error:  # noqa: BLE001 - the run says why it does not count
        results.put(f"{type(error).__name__}: {error}")
        for barrier in lines:
            barrier.abort()


def _in_threads(visit: Visit, share: Crowd, browsers: Sequence[Browser], pool: ThreadPoolExecutor) -> list[float]:
    start = time.perf_counter()

    def act(place: int) -> list[float]:
        seconds, next_at = [], start + share.every_s * place / len(browsers)
        for _ in range(share.times):
            if share.every_s:
                time.sleep(max(0.0, next_at - time.perf_counter()))
            seconds.append(visit(browsers[place]))
            next_at += share.every_s
        return seconds

    return [second for found in pool.map(act, range(len(browsers))) for second in found]
