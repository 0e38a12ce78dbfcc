"""docs/security.md names every requirement once, and no test that does not exist."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| ([\d.]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
NOT_YET = re.compile(r"\bcomes? with the (client side|password life cycle|consoles|account page)\b", re.IGNORECASE)

GATES = [str(number) for number in range(1, 31)]
ASVS = """
3.2.1 3.2.2 3.3.1 3.3.2 3.3.3 3.3.4 3.3.5 3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.5.1 3.5.2 3.5.3 3.5.4 3.5.5
3.7.2 3.7.3
6.1.1 6.1.3 6.2.1 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12 6.3.1 6.3.2 6.3.3 6.3.4 6.3.5 6.3.6
6.3.7 6.3.8 6.4.1 6.4.2 6.4.3 6.4.6 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.2 6.6.3 6.8.1 6.8.2 6.8.4
7.1.1 7.1.2 7.1.3 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.5 7.5.1 7.5.2 7.5.3 7.6.1 7.6.2
8.2.1 8.2.2 8.2.3 8.3.2 8.4.1
9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.2.4
10.1.1 10.1.2 10.2.1 10.2.2 10.2.3 10.3.1 10.3.2 10.3.3 10.3.4 10.3.5 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 10.4.6 10.4.7
10.4.8 10.4.9 10.4.10 10.4.11 10.4.12 10.4.13 10.4.14 10.4.15 10.4.16 10.5.1 10.5.2 10.5.3 10.5.4 10.5.5 10.6.1 10.6.2
10.7.1 10.7.2 10.7.3
13.1.3 13.2.4 13.2.6 13.3.1 13.3.4 13.4.2 13.4.5
16.2.1 16.2.2 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3 16.5.4
"""


@cache
def functions_of(path: str) -> frozenset[str]:
    """Names of all functions of a file; none where there is no such file."""
    file = ROOT / path
    if not file.exists():
        return frozenset()
    return frozenset(node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef))


def test_every_gate_and_every_requirement_has_one_row() -> None:
    rows = Counter(number for number, _, _ in ROW.findall(PAGE))
    assert {number: count for number, count in rows.items() if count != 1} == {}
    assert set(rows) == {*GATES, *ASVS.split()}


def test_every_way_round_the_switch_has_one_row_and_a_test_of_its_letter() -> None:
    rows = dict(re.findall(r"^\| ([a-q]) \| (.+) \|$", PAGE, re.MULTILINE))
    assert sorted(rows) == list("abcdefghijklmnopq")
    for letter, row in rows.items():
        names = [name for _, name in TEST.findall(row)]
        assert names
        assert all(name.startswith(f"test_e6_{letter}_") for name in names)


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(PAGE)
    assert named
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []


def test_every_row_names_a_test_or_says_why_there_is_none() -> None:
    bare = [number for number, _, shown in ROW.findall(PAGE) if not TEST.search(shown)]
    reasons = {number: shown for number, _, shown in ROW.findall(PAGE) if number in bare}
    said = re.compile(NOT_YET.pattern + r"|\b(not offered|there (is|are) none|none exist|no script)\b", re.IGNORECASE)
    assert {number: why for number, why in reasons.items() if not said.search(why)} == {}


def test_every_file_that_is_named_in_the_text_exists() -> None:
    assert [path for path in re.findall(r"`(tests/[\w/]+\.py)`", PAGE) if not (ROOT / path).exists()] == []
