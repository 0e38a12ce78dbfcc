"""The figures of a benchmark as a table, as JSON with the machine, and as a picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from statistics import median

from tests.bench.scenarios import Figure, Scenario
from tests.bench.stage.machine import description

DOCS = Path(__file__).parents[2] / "docs"
PAGE, DATA, PICTURE = DOCS / "performance.md", DOCS / "performance.json", DOCS / "images" / "performance.svg"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
HEAD = (
    "| scenario | a second | CPU ms | × yardstick | stores' CPU ms | p50 / p95 / p99 ms | worker / parent MB |\n"
    "|---|---|---|---|---|---|---|"
)
ROW, BAR, LEFT, WIDTH = 34, 18, 330, 900


@dataclass(frozen=True, slots=True)
class Report:
    """`runs` by the scenario's name, in the order in which they were made."""

    scenarios: Sequence[Scenario]
    runs: Mapping[str, Sequence[Figure]]

    @classmethod
    def of(cls, scenarios: Sequence[Scenario], runs: Mapping[str, Sequence[Figure]]) -> "Report":
        return cls(scenarios, runs)

    def table(self) -> str:
        return "\n".join([HEAD, *(self._row(scenario) for scenario in self.scenarios)])

    def write(self) -> None:
        """Into docs/: between the marks of the page, and the two files beside it."""
        page = PAGE.read_text()
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        machine = description()
        words = f"{machine['processor']}, Python {machine['python']}, {datetime.now(UTC):%Y-%m-%d}"
        PAGE.write_text(f"{before}{BEGIN}\n{words}; medians of {self._least_runs} runs, ranges in brackets.\n\n")
        with PAGE.open("a") as file:
            file.write(f"{self.table()}\n{END}{after}")
        found = {name: [asdict(figure) for figure in figures] for name, figures in self.runs.items()}
        DATA.write_text(json.dumps({"machine": machine, "runs": found}, indent=1) + "\n")
        PICTURE.write_text(self.picture())

    def picture(self) -> str:
        """A bar for each scenario: CPU milliseconds of the server and, lighter, of the stores."""
        most = max(self._median(one.name, "cpu_ms") + self._median(one.name, "store_cpu_ms") for one in self.scenarios)
        bars = "".join(self._bar(place, one, most) for place, one in enumerate(self.scenarios))
        height = ROW * len(self.scenarios) + 40
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            ' aria-label="CPU milliseconds for each scenario" font-family="system-ui, sans-serif" font-size="14">'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>{bars}'
            f'<text x="{LEFT}" y="{height - 10}" fill="#555">CPU milliseconds; lighter: the stores</text></svg>\n'
        )

    def _bar(self, place: int, scenario: Scenario, most: float) -> str:
        own, stores = self._median(scenario.name, "cpu_ms"), self._median(scenario.name, "store_cpu_ms")
        scale, top = (WIDTH - LEFT - 90) / most, place * ROW + 12
        return (
            f'<text x="{LEFT - 10}" y="{top + 14}" text-anchor="end" fill="#222">{escape(scenario.title)}</text>'
            f'<rect x="{LEFT}" y="{top}" width="{own * scale:.1f}" height="{BAR}" fill="#4053c6"/>'
            f'<rect x="{LEFT + own * scale:.1f}" y="{top}" width="{stores * scale:.1f}" height="{BAR}" fill="#aab4ee"/>'
            f'<text x="{LEFT + (own + stores) * scale + 8:.1f}" y="{top + 14}" fill="#222">{own:.2f}</text>'
        )

    def _row(self, scenario: Scenario) -> str:
        name = scenario.name
        times = [f"{self._median(name, key):.1f}" for key in ("p50_ms", "p95_ms", "p99_ms")]
        return (
            f"| {scenario.title} | {self._median(name, 'per_second'):,.0f} {self._range(name, 'per_second', 0)}"
            f" | {self._median(name, 'cpu_ms'):.2f} {self._range(name, 'cpu_ms', 2)} | {self._compared(scenario)}"
            f" | {self._median(name, 'store_cpu_ms'):.2f} | {' / '.join(times)}"
            f" | {self._median(name, 'worker_mb'):.0f} / {self._median(name, 'parent_mb'):.0f} |"
        )

    def _compared(self, scenario: Scenario) -> str:
        if scenario.yardstick is None:
            return ""
        return f"{self._median(scenario.name, 'cpu_ms') / self._median(scenario.yardstick, 'cpu_ms'):.2f}"

    def _median(self, name: str, key: str) -> float:
        return median(float(getattr(figure, key)) for figure in self.runs[name])

    def _range(self, name: str, key: str, digits: int) -> str:
        values = [getattr(figure, key) for figure in self.runs[name]]
        return f"({min(values):,.{digits}f}–{max(values):,.{digits}f})"

    @property
    def _least_runs(self) -> int:
        return min(len(figures) for figures in self.runs.values())
