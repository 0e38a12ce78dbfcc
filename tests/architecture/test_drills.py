"""Each drill is in the table of docs/operations.md, each scenario of real providers in docs/compatibility.md."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
DRILLS = sorted(path.stem for path in (ROOT / "tests" / "drills").glob("*.py") if path.stem != "run")
SCENARIOS = re.findall(
    r'^    "([^"]+)": \w+,$', (ROOT / "tests" / "compatibility" / "scenarios.py").read_text(), re.MULTILINE
)


def test_there_are_drills() -> None:
    assert len(DRILLS) >= 16


@pytest.mark.parametrize("name", DRILLS)
def test_every_drill_is_in_the_table(name: str) -> None:
    assert f"| {name.replace('_', ' ')} |" in OPERATIONS, "run: make drills DRILLS=--write"


@pytest.mark.parametrize("name", DRILLS)
def test_every_drill_hands_back_its_row(name: str) -> None:
    assert "def run() -> Row:" in (ROOT / "tests" / "drills" / f"{name}.py").read_text()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_is_in_the_table(scenario: str) -> None:
    assert f"| {scenario} |" in (ROOT / "docs" / "compatibility.md").read_text(), (
        "run: make providers PROVIDERS=--write"
    )
