"""The figures of a benchmark as a table, as JSON with the machine, and as a picture."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.alike import Alike, Samples, pooled
from tests.bench.figures import Figure, Scenario, middle
from tests.bench.picture import Bar, drawn
from tests.bench.stage.machine import description

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
COLUMNS = (
    *("scenario", "a second", "CPU ms", "others' CPU ms", "p50 / p95 / p99 ms", "worker / parent MB"),
    *("× yardstick", "target"),
)
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a report is written to: between the marks of the page, and two files beside it."""

    page: Path
    data: Path
    picture: Path


DOCS = Path(__file__).parents[2] / "docs"
IN_DOCS = Places(DOCS / "performance.md", DOCS / "performance.json", DOCS / "images" / "performance.svg")


@dataclass(frozen=True, slots=True)
class Report:
    """`figures` and `samples` by the scenario's name, each in the order of the runs."""

    scenarios: Sequence[Scenario]
    figures: Mapping[str, list[Figure]]
    comparisons: Sequence[Alike] = ()
    samples: Mapping[str, list[Samples]] = field(default_factory=dict)

    @property
    def failures(self) -> list[str]:
        """The comparisons that found a difference."""
        return [
            f"{one.name}: {found.title}"
            for one in self.comparisons
            for found in pooled(self.samples[one.name])
            if not found.alike
        ]

    def text(self) -> str:
        parts = []
        if self.scenarios:
            parts.append("\n".join([HEAD, *map(self._row, self.scenarios)]))
            parts += [f"- {note}" for note in self._notes()]
        parts += [one.table(self.samples[one.name]) for one in self.comparisons]
        return "\n\n".join(parts)

    def write(self, places: Places = IN_DOCS) -> None:
        machine = description()
        counts = [*map(len, self.figures.values()), *map(len, self.samples.values())]
        words = f"{machine['processor']}, Python {machine['python']}, {datetime.now(UTC):%Y-%m-%d}"
        said = f"{words}; medians of {min(counts)} runs, ranges in brackets.\n\n{self.text()}"
        places.page.write_text(between(places.page.read_text(), said))
        found = {name: [asdict(one) for one in runs] for name, runs in self.figures.items()}
        compared = {
            name: [{"what": one.title, "auc": one.ranks.auc, "error": one.ranks.error} for one in pooled(runs)]
            for name, runs in self.samples.items()
        }
        data = {"machine": machine, "runs": found, "comparisons": compared}
        places.data.write_text(json.dumps(data, indent=1) + "\n")
        if self.scenarios:
            places.picture.write_text(self.picture())

    def picture(self) -> str:
        groups: dict[str, list[Bar]] = {}
        yardsticks = {scenario.yardstick for scenario in self.scenarios}
        for one in self.scenarios:
            figures = self.figures[one.name]
            is_yardstick = one.yardstick is None and one.name in yardsticks and one.name.startswith("naive")
            bar = Bar(one.title, middle(figures, "cpu_ms"), middle(figures, "store_cpu_ms"), is_yardstick)
            groups.setdefault(one.group, []).append(bar)
        return drawn(list(groups.items()))

    def _row(self, scenario: Scenario) -> str:
        figures = self.figures[scenario.name]
        times = " / ".join(f"{middle(figures, key):.1f}" for key in ("p50_ms", "p95_ms", "p99_ms"))
        cells = [
            scenario.title,
            f"{middle(figures, 'per_second'):,.0f} {_range(figures, 'per_second', 0)}",
            f"{middle(figures, 'cpu_ms'):.2f} {_range(figures, 'cpu_ms', 2)}",
            f"{middle(figures, 'store_cpu_ms'):.2f}",
            times,
            f"{middle(figures, 'worker_mb'):.0f} / {middle(figures, 'parent_mb'):.0f}",
            self._compared(scenario),
            "<br>".join(self._judged(scenario)),
        ]
        return f"| {' | '.join(cells)} |"

    def _compared(self, scenario: Scenario) -> str:
        if scenario.yardstick is None:
            return ""
        yardstick = next(one for one in self.scenarios if one.name == scenario.yardstick)
        own, others = self.figures[scenario.name], self.figures[yardstick.name]
        ratio = middle(own, "cpu_ms") / middle(others, "cpu_ms")
        return f"{ratio:.2f}" if yardstick.name.startswith("naive") else f"{ratio:.2f} × {yardstick.title}"

    def _judged(self, scenario: Scenario) -> Iterator[str]:
        for target in scenario.targets:
            value = target.value(self.figures[scenario.name], self.figures.get(scenario.yardstick or "", []))
            yield f"{target}: {'met' if target.met(value) else '**missed**'} ({value:.2f})"

    def _notes(self) -> Iterator[str]:
        for scenario in self.scenarios:
            figures = self.figures[scenario.name]
            if alone_ms := middle(figures, "alone_ms"):
                own = middle(figures, "cpu_ms")
                yield (
                    f"{scenario.title}: the hash alone costs {alone_ms:.1f} ms (argon2id, measured in the same runs on"
                    f" the same core); {own - alone_ms:.1f} ms are all the rest."
                )
            if any(figure.other_core_full for figure in figures):
                share, driver = (
                    max(getattr(one, name) for one in figures) for name in ("other_core_share", "driver_share")
                )
                yield (
                    f"{scenario.title}: the core of load generator, provider and stores was full ({share:.0%}, the load"
                    f" generator alone {driver:.0%}): the bridge may be able to do more."
                )


def between(page: str, said: str) -> str:
    """The page with other text between its marks. Raises SystemExit if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"The page has no place for the figures: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{said}\n{END}{after}"


def _range(figures: Sequence[Figure], name: str, digits: int) -> str:
    values = [getattr(figure, name) for figure in figures]
    return f"({min(values):,.{digits}f}–{max(values):,.{digits}f})"
