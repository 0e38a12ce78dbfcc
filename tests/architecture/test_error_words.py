"""What a trace keeps in English is said in the reader's language: see app/domain/reasons/error_words.py."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.connections.finding import Finding, Level
from app.domain.reasons import ReasonCode
from app.web.connections.finding_words import worst_first
from tests.contracts.samples import MAIN

APP = Path(__file__).parents[2] / "app"
ENGLISH = "Only for the command line"


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Each call of `name` with its place."""
    for path in sorted(APP.rglob("*.py")):
        if APP / "cli" in path.parents:  # in English
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield f"{path.name}:{node.lineno}", node


def test_no_error_of_a_trace_is_a_bare_sentence() -> None:
    """It could not be translated; one with a value is a wording of error_words."""
    found = [
        place
        for place, call in calls("SsoError")
        for keyword in call.keywords
        if keyword.arg == "error" and isinstance(keyword.value, ast.Constant | ast.JoinedStr)
    ]
    assert found == []


def codes_of_findings() -> set[str]:
    """The names of what a check can find, other than reasons."""
    texts = (
        argument.value
        for _, call in calls("Finding")
        for argument in (*call.args[3:], *(keyword.value for keyword in call.keywords if keyword.arg == "code"))
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )
    return {text for text in texts if text.replace("_", "").isalpha() and "_" in text} - {*ReasonCode}


def test_whatever_is_wrong_with_a_provider_has_words_on_the_page() -> None:
    codes = codes_of_findings() | {"clock_ahead", "clock_behind", "expires", "expired"}
    assert len(codes) > 15
    lacking = [code for code in sorted(codes) if ENGLISH in _said(code)]
    assert lacking == []


@pytest.mark.parametrize("level", [Level.WRONG, Level.WARNING])
def test_every_finding_to_act_on_names_its_code(level: Level) -> None:
    """Without one the page could only repeat the command line's English."""
    nameless = [
        place
        for place, call in calls("Finding")
        if any(isinstance(one, ast.Attribute) and one.attr == level.name for one in call.args)
        and len(call.args) + len(call.keywords) < len(("check", "level", "text", "remedy", "code"))
        and not any(keyword.arg == "code" for keyword in call.keywords)
    ]
    assert nameless == []


def _said(code: str) -> str:
    (found,) = worst_first([Finding("issuer", Level.WRONG, ENGLISH, ENGLISH, code, {"days": 3})], MAIN.provider)
    return found.sentence + found.remedy
