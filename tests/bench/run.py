"""`make bench`: what logins and session checks cost, beside a naive Flask app in the same rounds.

    .venv/bin/python -m tests.bench.run [SCENARIO ...] [--runs 3] [--write] [--list]

It needs Linux, cores 0 and 1, and /usr/bin/taskset. The bridge has core 0; the provider, the load generator and the
stores share core 1. Every visit is asserted: a run with a failed one has no figures. Rounds are interleaved, so that a
machine that slows down does so for everybody. A fixed loop before and after each run shows whether the machine was
busy; such a run is tried up to five times, then the benchmark gives up. The exit code is 1 where there are no figures,
and where known and unknown people were told apart.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence

from tests.bench.alike import Alike, Samples, all_comparisons
from tests.bench.figures import Figure, Scenario
from tests.bench.report import IN_DOCS, Places, Report
from tests.bench.scenarios import all_scenarios
from tests.bench.stage.machine import OFF_BY, calibration_ms

LEAST_RUNS = 3
RETRIES = 5
Named = Mapping[str, Scenario | Alike]


def main(
    arguments: Sequence[str] | None = None,
    *,
    named: Named | None = None,
    calibrated: Callable[[], float] = calibration_ms,
    places: Places = IN_DOCS,
) -> None:
    """Raises SystemExit where there are no figures, or a difference that there should not be."""
    named = named or everything()
    options = _options(arguments, len(named))
    if options.list:
        width = max(map(len, named))
        print("\n".join(f"{name:{width}} {one.title}" for name, one in named.items()))
        return
    if options.runs < LEAST_RUNS:
        sys.exit(f"No figures: at least {LEAST_RUNS} runs are needed.")
    chosen = [named[name] for name in with_yardsticks(options.scenarios or list(named), named)]
    if options.write and options.scenarios:
        sys.exit("No figures: --write renews the whole page, so it measures every scenario. Name none.")
    figures: dict[str, list[Figure]] = {}
    samples: dict[str, list[Samples]] = {}
    for one, outcome in measure(chosen, options.runs, calibrated):
        if isinstance(outcome, Figure):
            figures.setdefault(one.name, []).append(outcome)
        else:
            samples.setdefault(one.name, []).append(outcome)
    scenarios = [one for one in chosen if isinstance(one, Scenario)]
    report = Report(scenarios, figures, [one for one in chosen if isinstance(one, Alike)], samples)
    print(report.text())
    if options.write:
        report.write(places)
    if report.failures:
        sys.exit("\n".join(["Somebody can tell people apart:", *report.failures]))


def everything() -> Named:
    """In the order of the report."""
    return {
        **{one.name: one for one in all_scenarios()},
        **{one.name: one for one in all_comparisons()},
    }


def measure(
    chosen: Sequence[Scenario | Alike], runs: int, calibrated: Callable[[], float]
) -> list[tuple[Scenario | Alike, Figure | Samples]]:
    """Raises SystemExit if a visit fails, or the machine stays busy."""
    best, found = calibrated(), []
    for number in range(1, runs + 1):
        for one in chosen:
            outcome, best = quiet_run(one, best, calibrated)
            found.append((one, outcome))
            print(f"run {number}: {one.name:24} {_said(outcome)}", file=sys.stderr, flush=True)
    return found


def quiet_run(one: Scenario | Alike, best: float, calibrated: Callable[[], float]) -> tuple[Figure | Samples, float]:
    """The outcome of a run before and after which the machine was quiet, and the best calibration so far."""
    for _ in range(RETRIES):
        before = calibrated()
        outcome = one.run()
        after = calibrated()
        best = min(best, before, after)
        if max(before, after) <= best * OFF_BY:
            return outcome, best
        print(f"{one.name}: the machine is busy, once more", file=sys.stderr, flush=True)
    sys.exit(f"No figures: the machine was busy during {one.name} (calibration off by more than a third).")


def _said(outcome: Figure | Samples) -> str:
    if isinstance(outcome, Samples):
        return f"{sum(map(len, outcome.seconds.values())):8} answers"
    return (
        f"{outcome.per_second:8.0f}/s {outcome.cpu_ms:8.3f} ms CPU + {outcome.store_cpu_ms:.3f}"
        f" {outcome.p99_ms:8.1f} ms p99,"
        f" load generator {outcome.driver_share:.0%}, its core {outcome.other_core_share:.0%}"
    )


def with_yardsticks(names: Sequence[str], named: Named) -> list[str]:
    """Those, what they are compared with, and so on. Raises SystemExit for a name that there is not."""
    if unknown := [name for name in names if name not in named]:
        sys.exit(f"No such scenario: {', '.join(unknown)}. `--list` names them.")
    needed = set(names)
    for _ in named:
        needed |= {one.yardstick for name in needed if isinstance(one := named[name], Scenario) and one.yardstick}
    return [name for name in named if name in needed]


def _options(arguments: Sequence[str] | None, count: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"names from --list; all {count} if none")
    parser.add_argument(
        "--runs", type=int, default=LEAST_RUNS, help="of each scenario; at least and by default %(default)s"
    )
    parser.add_argument(
        "--write", action="store_true", help="measure everything and renew table, JSON and picture in docs/"
    )
    parser.add_argument("--list", action="store_true", help="name the scenarios and measure nothing")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
