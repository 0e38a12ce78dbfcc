"""Scenarios whose figures are known, and a page to write to."""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.figures import Figure, Scenario, Target
from tests.bench.report import Places
from tests.bench.stage.browser import Browser
from tests.bench.stage.load import Crowd
from tests.bench.stage.servers import Running

FIGURE = Figure(
    per_second=1000.0,
    cpu_ms=1.0,
    store_cpu_ms=0.25,
    p50_ms=10.0,
    p95_ms=20.0,
    p99_ms=30.0,
    worker_mb=100.0,
    parent_mb=30.0,
)
PAGE = "# Performance\n\nbefore\n\n<!-- bench -->\noutdated\n<!-- /bench -->\n\nafter\n"


@dataclass(frozen=True, slots=True)
class Known(Scenario):
    """Nothing is started for it."""

    figure: Figure = FIGURE

    def run(self) -> Figure:
        return self.figure


def scenario(name: str, *, yardstick: str | None = None, targets: tuple[Target, ...] = (), **figures: float) -> Known:
    return Known(
        name, f"The title of {name} & more", lambda: nullcontext(Running("http://localhost", 0)),
        lambda _running: Nobody(), Crowd(1, 1), "Logins", yardstick, targets, figure=replace(FIGURE, **figures),
    )  # fmt: skip


class Nobody:
    """A scenario whose figures are known sends nobody anywhere."""

    def prepare(self, browser: Browser) -> None:
        raise AssertionError

    def __call__(self, browser: Browser) -> float:
        raise AssertionError


def places(folder: Path) -> Places:
    found = Places(folder / "performance.md", folder / "performance.json", folder / "performance.svg")
    found.page.write_text(PAGE)
    return found
