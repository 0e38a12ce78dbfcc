"""The table, the page that it is put into, the figures as JSON, and the picture."""

import json
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.bench.figures import Figure, Scenario, Target, middle
from tests.bench.report import IN_DOCS, Report, between
from tests.bench.run import everything
from tests.unit.benchmark.figures import PAGE, Known, places, scenario

SVG = "{http://www.w3.org/2000/svg}"
NAIVE = scenario("naive-login", cpu_ms=2.0, per_second=500)
LOGIN = scenario(
    "login", yardstick="naive-login", targets=(Target("cpu_ms", 1.0), Target("worker_mb", 90, ratio=False))
)


def runs(one: Known, *cpu_ms: float) -> list[Figure]:
    return [scenario("x", cpu_ms=value, per_second=one.figure.per_second).figure for value in cpu_ms]


def report(figures: Mapping[str, list[Figure]] | None = None) -> Report:
    found = figures or {"naive-login": runs(NAIVE, 2.0, 2.2, 1.9), "login": runs(LOGIN, 1.0, 1.4, 1.2)}
    return Report([NAIVE, LOGIN], dict(found))


def row(text: str, title: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.startswith(f"| {title}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_has_the_median_and_the_range_of_the_runs() -> None:
    cells = row(report().text(), LOGIN.title)
    assert cells[2] == "1.20 (1.00–1.40)"
    assert cells[4] == "10.0 / 20.0 / 30.0"
    assert cells[5] == "100 / 30"


def test_a_row_says_what_it_costs_beside_its_yardstick_and_whether_its_targets_are_met() -> None:
    cells = row(report().text(), LOGIN.title)
    assert cells[6] == "0.60"
    assert cells[7] == "CPU ≤ 1 ×: met (0.60)<br>worker ≤ 90 MB: **missed** (100.00)"
    assert row(report().text(), NAIVE.title)[6:] == ["", ""]


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        (Target("per_second", 1.2, at_least=True), 2.0, True),
        (Target("per_second", 2.5, at_least=True), 2.0, False),
        (Target("per_second", 1000, at_least=True, ratio=False), 1000.0, True),
        (Target("p99_ms", 1.2), 1.0, True),
        (Target("all_cpu_ms", 1.1, ratio=False), 1.25, False),
    ],
)
def test_a_target_goes_by_the_medians(target: Target, value: float, *, met: bool) -> None:
    own, others = runs(LOGIN, 1.0, 1.0, 9.0), runs(NAIVE, 2.0, 2.0, 2.0)
    found = target.value(own, others)
    assert found == pytest.approx(value)
    assert target.met(found) is met


def test_the_middle_of_an_even_number_of_runs_is_between_the_two() -> None:
    assert middle(runs(LOGIN, 4.0, 1.0, 2.0, 3.0), "cpu_ms") == 2.5


def test_where_the_other_core_had_no_time_left_it_is_said() -> None:
    full = [scenario("x", other_core_share=share, driver_share=0.4).figure for share in (0.5, 0.97, 0.95)]
    text = report({"naive-login": runs(NAIVE, 2.0), "login": full}).text()
    assert (
        f"- {LOGIN.title}: the core of load generator, provider and stores was full (97%, the load generator alone 40%)"
        in text
    )
    assert "was full" not in report().text()


def test_a_passwords_hash_stands_apart() -> None:
    hashed = [scenario("x", cpu_ms=90.0, alone_ms=alone).figure for alone in (80.0, 84.0, 82.0)]
    text = report({"naive-login": runs(NAIVE, 2.0), "login": hashed}).text()
    assert "the hash alone costs 82.0 ms" in text
    assert "8.0 ms are all the rest" in text


def test_what_stands_outside_the_marks_stays(tmp_path: Path) -> None:
    where = places(tmp_path)
    report().write(where)
    page = where.page.read_text()
    assert page.startswith("# Performance\n\nbefore\n\n<!-- bench -->\n")
    assert page.endswith("\n<!-- /bench -->\n\nafter\n")
    assert "outdated" not in page
    assert LOGIN.title in page
    assert "medians of 3 runs" in page
    report().write(where)
    assert where.page.read_text() == page


@pytest.mark.parametrize("page", ["", "<!-- bench -->", "<!-- /bench -->", PAGE.replace("bench", "drills")])
def test_a_page_without_marks_is_left_alone(page: str) -> None:
    with pytest.raises(SystemExit, match="no place for the figures"):
        between(page, "new")


def test_the_page_in_docs_has_its_marks() -> None:
    page = IN_DOCS.page.read_text()
    assert between(page, "new").count("<!-- bench -->") == page.count("<!-- bench -->") == 1


def test_the_data_say_what_they_were_measured_on(tmp_path: Path) -> None:
    where = places(tmp_path)
    report().write(where)
    data = json.loads(where.data.read_text())
    assert {"processor", "cores", "memory_gb", "system", "python", "packages"} <= set(data["machine"])
    assert [run["cpu_ms"] for run in data["runs"]["login"]] == [1.0, 1.4, 1.2]


def test_the_picture_is_an_svg_with_a_bar_for_each_scenario_in_light_and_in_dark(tmp_path: Path) -> None:
    where = places(tmp_path)
    report().write(where)
    root = ET.fromstring(where.picture.read_text())  # noqa: S314 - our own file
    assert root.tag == f"{SVG}svg"
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {NAIVE.title, LOGIN.title} <= set(texts)
    ground, *bars = (one.get("class") for one in root.iter(f"{SVG}rect"))
    assert ground == "ground"
    assert bars == ["yardstick", "stores", "own", "stores"]
    assert "prefers-color-scheme: dark" in str(root.findtext(f"{SVG}style"))


def test_every_scenario_is_compared_with_one_that_there_is() -> None:
    named = everything()
    assert len({one.title for one in named.values()}) == len(named)
    scenarios = [one for one in named.values() if isinstance(one, Scenario)]
    assert {one.yardstick for one in scenarios if one.yardstick} <= set(named)
    assert [
        one.name for one in scenarios if one.yardstick is None and any(target.ratio for target in one.targets)
    ] == []
