"""`make bench`: what logins and session checks cost, beside a naive Flask app in the same rounds.

    .venv/bin/python -m tests.bench.run [SCENARIO ...] [--runs 3] [--write] [--list]

The bridge has one core, the provider, the visitors and the stores the other. Every visit is asserted: a run with a
failed one has no figures. Rounds are interleaved, so that a machine that slows down does so for everybody. A fixed
loop before each run shows whether the machine was busy; then there is no report. `--write` puts the table, the JSON and
the picture into docs/.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from tests.bench import report
from tests.bench.scenarios import Figure, Scenario, all_scenarios
from tests.bench.stage.machine import OFF_BY, calibration_ms

LEAST_RUNS = 3
RETRIES = 5


def main() -> None:
    scenarios = {scenario.name: scenario for scenario in all_scenarios()}
    options = _options(scenarios)
    if options.list:
        print("\n".join(f"{name:24} {scenario.title}" for name, scenario in scenarios.items()))
        return
    if options.runs < LEAST_RUNS:
        sys.exit(f"No figures: {options.runs} runs are not enough, {LEAST_RUNS} are.")
    chosen = _with_yardsticks(options.scenarios or list(scenarios), scenarios)
    figures = measure([scenarios[name] for name in chosen], options.runs)
    found = report.Report.of([scenarios[name] for name in chosen], figures)
    print(found.table())
    if options.write:
        found.write()


def measure(scenarios: Sequence[Scenario], runs: int) -> Mapping[str, Sequence[Figure]]:
    best = calibration_ms()
    figures: dict[str, list[Figure]] = {scenario.name: [] for scenario in scenarios}
    for number in range(1, runs + 1):
        for scenario in scenarios:
            figure, best = _quiet_run(scenario, best)
            figures[scenario.name].append(figure)
            print(
                f"run {number}: {scenario.name:24} {figure.per_second:8.0f}/s {figure.cpu_ms:8.3f} ms CPU"
                f" + {figure.store_cpu_ms:.3f} {figure.p99_ms:8.1f} ms p99",
                file=sys.stderr,
                flush=True,
            )
    return figures


def _quiet_run(scenario: Scenario, best: float) -> tuple[Figure, float]:
    """The figure of a run before and after which the machine was quiet, and the best calibration so far."""
    for _ in range(RETRIES):
        before = calibration_ms()
        figure = scenario.run()
        after = calibration_ms()
        best = min(best, before, after)
        if max(before, after) <= best * OFF_BY:
            return figure, best
        print(f"{scenario.name}: the machine is busy, once more", file=sys.stderr, flush=True)
    sys.exit(f"No figures: the machine was busy during {scenario.name} (calibration off by more than a third).")


def _with_yardsticks(names: Sequence[str], scenarios: Mapping[str, Scenario]) -> list[str]:
    unknown = [name for name in names if name not in scenarios]
    if unknown:
        sys.exit(f"No such scenario: {', '.join(unknown)}. `--list` names them.")
    needed = {scenarios[name].yardstick for name in names}
    return [name for name in scenarios if name in names or name in needed]


def _options(scenarios: Mapping[str, Scenario]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"one of {len(scenarios)}; all if none")
    parser.add_argument("--runs", type=int, default=LEAST_RUNS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
