"""The worked example of docs/sizing.md, computed from the figures of docs/performance.json.

    .venv/bin/python -m tests.bench.sizing [--write]

`--write` puts it into the page. A test holds the page to it.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

DOCS = Path(__file__).parents[2] / "docs"
PAGE, FIGURES = DOCS / "sizing.md", DOCS / "performance.json"
BEGIN, END = "<!-- sizing -->\n", "<!-- /sizing -->"
BYTES = {"a login": 2700, "what an app gets": 1250}
"""In PostgreSQL, with indexes: `tests.bench.growth`."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU of the worker and of the stores."""

    worker: float
    stores: float

    def times(self, factor: float) -> "Cost":
        return Cost(self.worker * factor, self.stores * factor)


@dataclass(frozen=True, slots=True)
class Assumed:
    """About one cell: an instance of the bridge with a database of its own."""

    agents: int = 1_000_000
    window_s: int = 45 * 60
    peak: float = 1.5
    checks_a_minute: float = 2.0
    by_app: float = 0.3
    token_s: int = 3600
    used: float = 0.6


def costs() -> dict[str, Cost]:
    """The medians of the runs."""
    runs = json.loads(FIGURES.read_text())["runs"]

    def cost(name: str) -> Cost:
        return Cost(median(run["cpu_ms"] for run in runs[name]), median(run["store_cpu_ms"] for run in runs[name]))

    login, by_app = cost("login-postgres+redis"), cost("app-login-postgres")
    exchange = Cost(by_app.worker - login.worker, max(by_app.stores - login.stores, 0.0))
    refresh = cost("refresh-postgres") if "refresh-postgres" in runs else exchange.times(0.5)
    return {"login": login, "exchange": exchange, "check": cost("check-postgres"), "refresh": refresh}


def worker_mb() -> float:
    runs = json.loads(FIGURES.read_text())["runs"]
    peaks = {name: float(median(run["worker_mb"] for run in figures)) for name, figures in runs.items()}
    return max(peak for name, peak in peaks.items() if "naive" not in name)


def table(given: Assumed) -> str:
    cost = costs()
    logins = given.agents / given.window_s * given.peak
    a_second = {
        "logins at the peak": (logins, cost["login"]),
        "of these through an app, with a code exchange": (logins * given.by_app, cost["exchange"]),
        "session checks": (given.agents * given.checks_a_minute / 60, cost["check"]),
        "refreshes": (given.agents * given.by_app / given.token_s, cost["refresh"]),
    }
    lines = ["| one cell of 1,000,000 agents | a second | worker cores busy | store cores busy |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {rate:,.0f} | {rate * of.worker / 1000:.1f} | {rate * of.stores / 1000:.1f} |"
        for name, (rate, of) in a_second.items()
    ]
    worker = sum(rate * of.worker / 1000 for rate, of in a_second.values())
    stores = sum(rate * of.stores / 1000 for rate, of in a_second.values())
    workers, store_cores = round(worker / given.used + 0.5), round(stores / given.used + 0.5)
    lines += [
        f"| together |  | {worker:.1f} | {stores:.1f} |",
        f"| to provide, {given.used:.0%} busy |  | **{workers} workers** | **{store_cores} cores** |",
        "",
        f"Memory: {workers} × {worker_mb():.0f} MB = {workers * worker_mb() / 1000:.1f} GB for the workers.",
        f"Connections: at most {workers} × 41 = {workers * 41:,}.",
        *_growth(given),
    ]
    return "\n".join(lines) + "\n"


def _growth(given: Assumed) -> list[str]:
    a_day = given.agents * (BYTES["a login"] + given.by_app * BYTES["what an app gets"])
    rows = given.agents * (3 + 3 * given.by_app)
    logins, checks = given.agents / given.window_s * given.peak, given.agents * given.checks_a_minute / 60
    return [
        f"Growth: {rows / 1e6:.1f} million rows and {a_day / 1e9:.1f} GB a day; the worker removes as many.",
        f"Ten cells, 10,000,000 agents: {10 * logins:,.0f} logins and {10 * checks:,.0f} checks a second.",
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
