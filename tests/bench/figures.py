"""What a scenario measures, and what it should come to."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median

from tests.bench.stage.clicks import SessionCheck
from tests.bench.stage.load import Crowd, Visit, visited
from tests.bench.stage.machine import OTHER_CORE, busy_s, cpu_ms, usage
from tests.bench.stage.servers import Running, analyze

FULL = 0.9
"""A core that works more than this share of the time may be what limits a scenario."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one run. `cpu_ms` is the server's whole process tree's, `store_cpu_ms` the stores' and nginx's.

    Times are the bridge's own part.
    """

    per_second: float
    cpu_ms: float
    store_cpu_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worker_mb: float
    parent_mb: float
    driver_share: float = 0.0
    """How much of its core's time the load generator itself took."""
    other_core_share: float = 0.0
    """How busy that core was, with provider and stores."""
    alone_ms: float = 0.0
    """What a part of `cpu_ms` costs alone, measured in the same run: a password's hash."""

    @property
    def all_cpu_ms(self) -> float:
        return self.cpu_ms + self.store_cpu_ms

    @property
    def other_core_full(self) -> bool:
        """The other core had no time left."""
        return max(self.driver_share, self.other_core_share) > FULL


WORDS = {
    "per_second": "a second",
    "cpu_ms": "CPU",
    "store_cpu_ms": "others' CPU",
    "all_cpu_ms": "all CPU",
    "p99_ms": "p99",
    "worker_mb": "worker",
    "parent_mb": "parent",
}
UNITS = {
    "cpu_ms": " ms",
    "store_cpu_ms": " ms",
    "all_cpu_ms": " ms",
    "p99_ms": " ms",
    "worker_mb": " MB",
    "parent_mb": " MB",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What the median of a figure should be: at most `limit`, or at least; itself, or as a ratio to the yardstick's."""

    figure: str
    limit: float
    at_least: bool = False
    ratio: bool = True

    def value(self, own: list[Figure], yardstick: list[Figure]) -> float:
        found = middle(own, self.figure)
        return found / middle(yardstick, self.figure) if self.ratio else found

    def met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        unit = " ×" if self.ratio else UNITS.get(self.figure, "")
        return f"{WORDS[self.figure]} {'≥' if self.at_least else '≤'} {self.limit:g}{unit}"


def middle(figures: list[Figure], name: str) -> float:
    """The median of the runs."""
    return median(float(getattr(figure, name)) for figure in figures)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`visit` is made for a running server. `yardstick` is the scenario whose figures it is compared with.

    `group` is where the picture shows it; `alone` measures a part of what a visit costs.
    """

    name: str
    title: str
    server: Callable[[], AbstractContextManager[Running]]
    visit: Callable[[Running], Visit | SessionCheck]
    crowd: Crowd
    group: str = ""
    yardstick: str | None = None
    targets: tuple[Target, ...] = ()
    alone: Callable[[], float] | None = None

    def run(self) -> Figure:
        """Raises SystemExit if a visit fails."""
        alone_ms = self.alone() if self.alone else 0.0
        with self.server() as running:
            return measured(running, self.visit(running), self.crowd, alone_ms=alone_ms)


def measured(running: Running, visit: Visit | SessionCheck, crowd: Crowd, *, alone_ms: float = 0.0) -> Figure:
    before: list[float] = []

    def begun() -> None:
        analyze(running)
        before.extend((usage(running.pid).cpu_ms, cpu_ms(*running.stores), busy_s(OTHER_CORE)))

    load = visited(visit, crowd, begun=begun)
    if isinstance(visit, SessionCheck):
        time.sleep(visit.goes_on_s)
    after, done = usage(running.pid), len(load.seconds)
    return Figure(
        per_second=load.per_second,
        cpu_ms=(after.cpu_ms - before[0]) / done,
        store_cpu_ms=(cpu_ms(*running.stores) - before[1]) / done,
        p50_ms=load.percentile_ms(0.50),
        p95_ms=load.percentile_ms(0.95),
        p99_ms=load.percentile_ms(0.99),
        worker_mb=after.worker_mb,
        parent_mb=after.parent_mb,
        driver_share=load.driver_s / load.took_s,
        other_core_share=(busy_s(OTHER_CORE) - before[2]) / load.took_s,
        alone_ms=alone_ms,
    )
