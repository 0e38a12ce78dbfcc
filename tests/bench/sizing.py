"""The worked example of docs/sizing.md, computed from the figures of docs/performance.json.

    .venv/bin/python -m tests.bench.sizing [--write]

`--write` puts it into the page. A test holds the page to it.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median

from app.domain.sessions.session import SEEN_EVERY_S

DOCS = Path(__file__).parents[2] / "docs"
PAGE, FIGURES = DOCS / "sizing.md", DOCS / "performance.json"
BEGIN, END = "<!-- sizing -->\n", "<!-- /sizing -->"
SESSION_BYTES, TRACE_BYTES, APP_BYTES, REFRESH_BYTES = 1400, 1300, 1250, 370
"""In PostgreSQL, with indexes: `tests.bench.growth`. The first includes the consumed attempt."""
TRACE_DAYS, OFFLINE_DAYS = 30, 90
SIGNATURE_MS = 0.04
"""An `X-Auth-JWT`. It is given again for 20 seconds: who clicks less often gets a fresh one with each check."""
FROM_A_SERVER, FROM_A_BACKGROUND_WORKER = 41, 40
"""Connections to PostgreSQL, at most."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU of the server processes and of the stores."""

    server: float
    stores: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.server + other.server, self.stores + other.stores)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.server - other.server, max(self.stores - other.stores, 0.0))


@dataclass(frozen=True, slots=True)
class Assumed:
    """About one cell: an instance of the bridge with a database of its own."""

    agents: int = 1_000_000
    window_s: int = 45 * 60
    peak: float = 1.5
    checks_a_minute: float = 2.0
    by_app: float = 0.3
    token_s: int = 3600
    day_s: int = 8 * 3600
    used: float = 0.6
    background_workers: int = 2

    @property
    def logins(self) -> float:
        """A second, at the peak."""
        return self.agents / self.window_s * self.peak

    @property
    def checks(self) -> float:
        return self.agents * self.checks_a_minute / 60

    @property
    def written(self) -> float:
        """How many of the checks write the click, at most."""
        return min(self.checks, self.agents / SEEN_EVERY_S)


def costs(figures: Path = FIGURES) -> dict[str, Cost]:
    """The medians of the runs."""
    runs = json.loads(figures.read_text())["runs"]

    def cost(name: str) -> Cost:
        return Cost(median(run["cpu_ms"] for run in runs[name]), median(run["store_cpu_ms"] for run in runs[name]))

    login = cost("login-postgres+redis")
    return {
        "login": login,
        "exchange": cost("app-login-postgres+redis") - login,
        "check": cost("check-postgres") + Cost(SIGNATURE_MS, 0.0),
        "written check": cost("check-due-postgres"),
        "refresh": cost("refresh-postgres"),
    }


def worker_mb(figures: Path = FIGURES) -> float:
    runs = json.loads(figures.read_text())["runs"]
    peaks = {name: float(median(run["worker_mb"] for run in found)) for name, found in runs.items()}
    return max(peak for name, peak in peaks.items() if "naive" not in name)


def table(given: Assumed, figures: Path = FIGURES) -> str:
    a_second = _rates(given, costs(figures))
    lines = ["| one cell of 1,000,000 agents | a second | server cores busy | store cores busy |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {rate:,.0f} | {rate * of.server / 1000:.1f} | {rate * of.stores / 1000:.1f} |"
        for name, (rate, of) in a_second.items()
    ]
    server = sum(rate * of.server / 1000 for rate, of in a_second.values())
    stores = sum(rate * of.stores / 1000 for rate, of in a_second.values())
    processes, store_cores, each_mb = ceil(server / given.used), ceil(stores / given.used), worker_mb(figures)
    lines += [
        f"| together |  | {server:.1f} | {stores:.1f} |",
        f"| to install, {given.used:.0%} busy |  | **{processes} server processes** | **{store_cores} cores** |",
        "",
        f"- Memory: {processes} × {each_mb:.0f} MB = {processes * each_mb / 1000:.1f} GB for the server processes.",
        _connections(processes, given.background_workers),
        *_growth(given),
        f"- Ten cells, 10,000,000 agents: {10 * given.logins:,.0f} logins, {10 * given.checks:,.0f} checks a second.",
    ]
    return "\n".join(lines) + "\n"


def _rates(given: Assumed, cost: Mapping[str, Cost]) -> dict[str, tuple[float, Cost]]:
    return {
        "logins at the peak": (given.logins, cost["login"]),
        "of these through an app, with a code exchange": (given.logins * given.by_app, cost["exchange"]),
        "session checks in which nothing is written": (given.checks - given.written, cost["check"]),
        "session checks in which the click is written": (given.written, cost["written check"]),
        "refreshes": (given.agents * given.by_app / given.token_s, cost["refresh"]),
    }


def _connections(processes: int, background: int) -> str:
    most = processes * FROM_A_SERVER + background * FROM_A_BACKGROUND_WORKER
    return (
        f"- Connections, with {background} background workers: at most"
        f" {processes} × {FROM_A_SERVER} + {background} × {FROM_A_BACKGROUND_WORKER} = {most:,}."
    )


def _growth(given: Assumed) -> list[str]:
    """Each agent signs in once a day; sessions and what apps get without `offline_access` stand for a day."""
    refreshes = given.day_s / given.token_s
    rows = given.agents * (3 + given.by_app * (3 + refreshes))
    by_apps = given.agents * given.by_app * (APP_BYTES + refreshes * REFRESH_BYTES)
    a_day = given.agents * (SESSION_BYTES + TRACE_BYTES) + by_apps
    standing = given.agents * (SESSION_BYTES + TRACE_BYTES * TRACE_DAYS) + by_apps
    offline = by_apps * (OFFLINE_DAYS - 1)
    return [
        f"- Growth: {rows / 1e6:.1f} million rows, {a_day / 1e9:.1f} GB a day; the background worker removes as many.",
        f"- Disk in the long run: {standing / 1e9:.0f} GB, {offline / 1e9:.0f} more if apps ask for `offline_access`.",
    ]


def page(text: str, example: str) -> str:
    """The page with the example in its place."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + example + END + rest.partition(END)[2]


def main() -> None:
    example = table(Assumed())
    if "--write" in sys.argv:
        PAGE.write_text(page(PAGE.read_text(), example))
    print(example)


if __name__ == "__main__":
    main()
