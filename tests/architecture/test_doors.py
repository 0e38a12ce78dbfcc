"""Every door that could let somebody in is listed, and each asks the one decision point (docs/rules.md, rule 4)."""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

APP = Path(__file__).parents[2] / "app"


@cache
def every_call() -> Sequence[tuple[str, str, str]]:
    """(file, function, dotted name) of each call in app/."""
    return [
        (str(path.relative_to(APP)), function.name, ast.unparse(node.func))
        for path in sorted(APP.rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    ]


def calls(ends: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(file, function) of each call in app/ whose dotted name ends with one of `ends`."""
    return ((file, function) for file, function, name in every_call() if name.endswith(ends))


def test_sessions_are_stored_by_these_functions_only() -> None:
    assert set(calls((".sessions.add",))) == {
        ("services/sessions/sessions.py", "open"),
        ("services/sessions/sessions.py", "change_account"),
        ("services/sessions/sessions.py", "confirm"),
        ("services/sessions/sessions.py", "renew"),
    }


def test_sessions_are_opened_by_the_two_logins_only() -> None:
    assert set(calls(("self.sessions.open",))) == {
        ("services/login/login.py", "_open"),
        ("services/passwords/passwords.py", "_open"),
    }


def test_sessions_are_confirmed_after_a_password_or_a_sign_in_only() -> None:
    assert set(calls((".sessions.confirm",))) == {
        ("services/passwords/passwords.py", "reauthenticate"),
        ("services/login/connection_checks.py", "_confirmed"),
    }


def test_no_address_says_what_an_attempt_is_for() -> None:
    beginning = {
        ast.unparse(keyword.value)
        for path in sorted((APP / "web").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "LoginRequest"
        for keyword in node.keywords
        if keyword.arg == "purpose"
    }
    assert beginning == {"Purpose.TEST", "Purpose.PROVE", "Purpose.REAUTH"}


def test_whoever_stores_a_session_asks_the_policy_first() -> None:
    asking = set(calls(("self.enforcement.require",)))
    assert set(calls((".sessions.add",))) <= asking


def test_whoever_stores_an_authorization_asks_the_policy_first() -> None:
    asking = set(calls(("self.enforcement.require",)))
    assert set(calls((".authorizations.add",))) <= asking


def test_the_session_cookie_is_handed_out_in_one_place_only() -> None:
    assert set(calls((".set_session",))) == {("web/browser.py", "signed_in")}


def test_passwords_are_verified_in_one_place_only() -> None:
    assert set(calls(("hasher.verify",))) <= {
        ("services/passwords/passwords.py", "_verified"),
        ("services/apply/accounts.py", "same"),
    }


def test_passwords_are_stored_by_the_person_after_the_policy_was_asked_or_by_the_operators_file() -> None:
    by_file = {("services/apply/accounts.py", "_password"), ("services/apply/accounts.py", "run")}
    storing = set(calls((".set_password_hash",)))
    assert storing == {("services/passwords/password_changes.py", "_set"), *by_file}
    # What an operator's file stores opens nothing where the policy says no: the login asks.
    assert storing - by_file <= set(calls(("self.enforcement.require",)))


def test_passwords_are_set_by_a_link_or_by_who_knows_the_old_one_only() -> None:
    setting = {function for file, function in calls(("self._set",)) if file == "services/passwords/password_changes.py"}
    assert setting == {"change", "redeem"}
    assert set(calls((".password_changes.change", ".password_changes.redeem"))) == {
        ("web/passwords/password_change.py", "_changed"),
        ("web/passwords/password_pages.py", "set_new"),
    }


def test_links_to_set_a_password_are_sealed_and_opened_in_one_file_only() -> None:
    issuing = set(calls(("PasswordLink.made", "LINK.seal", "LINK.open")))
    assert {file for file, _ in issuing} == {"services/passwords/password_links.py"}


def test_codes_are_looked_at_in_counted_tries_only() -> None:
    counting = set(calls((".one_try",)))
    assert set(calls((".second_factors.use", ".second_factors.enrol"))) <= counting
    assert set(calls(("self._own",))) >= set(calls(("self._used",)))
    assert ("services/passwords/second_factors.py", "_own") in counting


def test_the_policy_of_a_tenant_is_compared_in_the_domain_only() -> None:
    comparing = set()
    for path in sorted(APP.rglob("*.py")):
        if "cli" in path.parts or "adapters" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and "LoginPolicy." in ast.unparse(node):
                comparing.add(str(path.relative_to(APP)))
    assert comparing == {"domain/tenants/login_policy.py"}


def test_whoever_opens_no_door_may_read_which_ones_the_policy_opens() -> None:
    reading = set()
    for path in sorted(APP.rglob("*.py")):
        names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        if names & {"takes_passwords", "takes_sso"}:
            reading.add(str(path.relative_to(APP)))
    showing = {
        "domain/tenants/planned_switch.py",
        "domain/sso_only/readiness_issues.py",
        "services/tenants/tenant_lookup.py",
        "domain/mail/notice_mails.py",
        "web/connections/connection_card.py",
        "services/sso_only/trial_invitations.py",
        "web/sso_only/readiness_pages.py",
    }
    switching = {"services/sso_only/enforcement.py", "services/sso_only/readiness.py", "services/sso_only/switching.py"}
    assert reading == showing | switching
