"""The few scripts that pages load: they take no messages, keep nothing, and make no code of text."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "app" / "web" / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
NEVER = re.compile(
    r"postMessage|[\"']message[\"']|onmessage|localStorage|sessionStorage|indexedDB|document\.cookie|\beval\b|Function\("
    r"|innerHTML|outerHTML|insertAdjacentHTML|document\.write|location\.(search|hash)|fetch\(|XMLHttpRequest|import\("
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_does_nothing_that_a_token_or_a_stranger_could_get_into(script: Path) -> None:
    assert NEVER.findall(script.read_text()) == []


def test_there_are_scripts_to_look_at() -> None:
    assert SCRIPTS
