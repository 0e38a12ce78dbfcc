"""What `make bench` gives no figures for: it says what is wrong, writes nothing, and its exit code is not 0."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path

import pytest

from tests.bench.alike import Alike, Door, Samples
from tests.bench.figures import Figure, Scenario
from tests.bench.run import Named, main, with_yardsticks
from tests.unit.benchmark.figures import PAGE, Known, places, scenario

NAMED = {one.name: one for one in (scenario("naive"), scenario("login", yardstick="naive"))}


QUIET = repeat(100.0)


def refused(folder: Path, *arguments: str, named: Named | None = None, calibrations: Iterator[float] = QUIET) -> str:
    """What it says; having looked that nothing is written."""
    where = places(folder)
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "--write"], named=named or NAMED, calibrated=lambda: next(calibrations), places=where)
    assert [path.name for path in folder.iterdir()] == ["performance.md"]
    assert where.page.read_text() == PAGE
    assert isinstance(stopped.value.code, str)  # Python prints it, and exits with 1
    return stopped.value.code


@pytest.mark.parametrize("runs", ["2", "1", "0", "-1"])
def test_fewer_than_three_runs(tmp_path: Path, runs: str) -> None:
    assert refused(tmp_path, "--runs", runs) == "No figures: at least 3 runs are needed."


def test_a_scenario_that_there_is_not(tmp_path: Path) -> None:
    assert refused(tmp_path, "login", "logout") == "No such scenario: logout. `--list` names them."


def test_some_scenarios_in_place_of_the_whole_page(tmp_path: Path) -> None:
    said = refused(tmp_path, "login")
    assert said == "No figures: --write renews the whole page, so it measures every scenario. Name none."


@dataclass(frozen=True, slots=True)
class Failing(Known):
    """The third run has a failed visit."""

    runs: list[int] = field(default_factory=list)

    def run(self) -> Figure:
        self.runs.append(1)
        if len(self.runs) == 3:
            raise SystemExit("No figures: a visit failed: Failed: 503 instead of 302")
        return self.figure


def test_a_failed_visit(tmp_path: Path) -> None:
    good = scenario("login")
    failing = Failing(good.name, good.title, good.server, good.visit, good.crowd)
    assert refused(tmp_path, named={"login": failing}) == "No figures: a visit failed: Failed: 503 instead of 302"


def test_a_machine_that_stays_busy(tmp_path: Path) -> None:
    busy = chain([100.0], repeat(134.0))
    said = refused(tmp_path, calibrations=busy)
    assert said == "No figures: the machine was busy during naive (calibration off by more than a third)."


def test_a_machine_that_was_busy_for_a_moment_is_asked_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calibrations = chain([100.0, 100.0, 140.0], repeat(110.0))
    where = places(tmp_path)
    main(["naive"], named=NAMED, calibrated=lambda: next(calibrations), places=where)
    assert "naive: the machine is busy, once more" in capsys.readouterr().err
    assert where.page.read_text() == PAGE


def test_what_a_scenario_is_compared_with_is_measured_too() -> None:
    named: dict[str, Scenario | Alike] = {
        one.name: one
        for one in (scenario("naive"), scenario("small", yardstick="naive"), scenario("large", yardstick="small"))
    }
    assert with_yardsticks(["large"], named) == ["naive", "small", "large"]
    assert with_yardsticks(["small"], named) == ["naive", "small"]
    assert with_yardsticks(["naive"], named) == ["naive"]


@dataclass(frozen=True, slots=True)
class Compared(Alike):
    """A door that takes a little longer for people whom it does not know, or answers them otherwise."""

    longer_s: float = 0.0
    other: bytes = b"no"

    def run(self) -> Samples:
        seconds = [number / 1000 for number in range(100)]
        return Samples(
            {("Form", "known"): seconds, ("Form", "never"): [second + self.longer_s for second in seconds]},
            {("Form", "known"): {b"no"}, ("Form", "never"): {self.other}},
        )


def compared(**how: object) -> Named:
    return {"alike": Compared("alike", "Alike?", lambda: NotImplemented, (Door("Form", "/", 401),), **how)}  # type: ignore[arg-type]


@pytest.mark.parametrize("how", [{"longer_s": 0.05}, {"longer_s": -0.05}, {"other": b"No"}])
def test_a_difference_between_known_and_unknown_people_fails(
    tmp_path: Path, how: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([], named=compared(**how), calibrated=lambda: 1.0, places=places(tmp_path))
    assert stopped.value.code == "Somebody can tell people apart:\nalike: Form: unknown / with a password"
    assert "**different** |" in capsys.readouterr().out


def test_no_difference_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([], named=compared(), calibrated=lambda: 1.0, places=places(tmp_path))
    assert "| 300 each | 49.50 / 49.50 | 0.50 (0.45–0.55) | the same | no difference found |" in capsys.readouterr().out
