"""Every door that could let somebody in is listed, and each asks the one decision point (docs/rules.md, rule 4)."""

import ast
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[2] / "app"


def calls(ends: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(file, function) of each call in app/ whose dotted name ends with one of `ends`."""
    for path in sorted(APP.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(ends):
                    yield str(path.relative_to(APP)), function.name


def test_sessions_are_stored_by_two_functions_only() -> None:
    assert set(calls((".sessions.add",))) == {
        ("services/sessions.py", "open"),
        ("services/sessions.py", "change_account"),
    }


def test_sessions_are_opened_by_the_two_logins_only() -> None:
    assert set(calls(("self.sessions.open",))) == {("services/login.py", "_open"), ("services/passwords.py", "login")}


def test_whoever_stores_a_session_asks_the_policy_first() -> None:
    asking = set(calls(("self.enforcement.require",)))
    assert set(calls((".sessions.add",))) <= asking


def test_the_session_cookie_is_handed_out_in_one_place_only() -> None:
    assert set(calls((".set_session",))) == {("web/browser.py", "signed_in")}


def test_passwords_are_verified_in_one_place_only() -> None:
    assert set(calls(("hasher.verify",))) <= {
        ("services/passwords.py", "_verified"),
        ("services/provisioning/accounts.py", "same"),
    }


def test_the_policy_of_a_tenant_is_compared_in_the_domain_only() -> None:
    comparing = set()
    for path in sorted(APP.rglob("*.py")):
        if "provisioning" in path.parts or "cli" in path.parts or "adapters" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and "LoginPolicy." in ast.unparse(node):
                comparing.add(str(path.relative_to(APP)))
    assert comparing == {"domain/login_policy.py", "services/discovery.py", "services/enforcement.py"}
