"""docs/ipsie.md names a test for each requirement, and no test that does not exist."""

import re
from pathlib import Path

from tests.architecture.test_security_page import TEST, functions_of

PAGE = (Path(__file__).parents[2] / "docs" / "ipsie.md").read_text()
DEMANDS, _, OUT = PAGE.partition("## Not supported")
ROW = re.compile(r"^\| (?!requirement|-)([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_every_requirement_names_a_test() -> None:
    rows = ROW.findall(DEMANDS)
    assert rows
    assert [requirement for requirement, here in rows if not TEST.search(here)] == []
    assert DEMANDS.count("\n| ") == len(rows) + DEMANDS.count("| requirement |")


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(PAGE)
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []


def test_what_stays_out_is_listed() -> None:
    for word in ("request objects", "JARM", "CIBA", "distributed claims", "RSA1_5"):
        assert word in OUT
