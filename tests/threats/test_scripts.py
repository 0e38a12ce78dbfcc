"""The few scripts that pages load: they take no messages, keep nothing, and make no code of text."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "app" / "web" / "static"
VENDORED = {"htmx.min.js"}
"""Consoles only, where the page switches off what it could evaluate (templates/console.html) and the CSP forbids it."""
SCRIPTS = sorted(script for script in STATIC.rglob("*.js") if script.name not in VENDORED)
NEVER = re.compile(
    r"postMessage|[\"']message[\"']|onmessage|localStorage|sessionStorage|indexedDB|\beval\b|Function\("
    r"|innerHTML|outerHTML|insertAdjacentHTML|document\.write|location\.(search|hash)|fetch\(|XMLHttpRequest|import\("
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_does_nothing_that_a_token_or_a_stranger_could_get_into(script: Path) -> None:
    assert NEVER.findall(script.read_text()) == []


def test_the_only_cookie_of_a_script_is_the_time_zone() -> None:
    """It is compared with, never read out: no script learns any other cookie."""
    uses = [line.strip() for script in SCRIPTS for line in script.read_text().splitlines() if "document.cookie" in line]
    assert [re.sub(r"`(\w+)=.*", r"\1", use) for use in uses] == [
        'if (zone && !document.cookie.split("; ").includes(sso_zone',
        "document.cookie = sso_zone",
    ]


def test_there_are_scripts_to_look_at() -> None:
    assert SCRIPTS
