"""In a tenant that is switched to SSO only, Passwords do not work, on any path."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.services.sso_only.enforcement import SwitchRefused
from tests.builders import choose, hidden_fields
from tests.fake_idp import FakeProvider
from tests.threats.acme import ALICE, PASSWORD, Acme, session_cookie

FORM = "/t/acme/login"


def switched(acme: Acme, policy: LoginPolicy = LoginPolicy.SSO_ONLY) -> None:
    acme.world.bridge.enforcement.switch("acme", policy, actor="sam", reason="the customer asked", override=True)


def fields(acme: Acme) -> dict[str, str]:
    """A form that was opened while passwords were allowed."""
    return {**hidden_fields(acme.browser.get(FORM)), "username": "alice", "password": PASSWORD}


def test_the_right_password_is_refused_like_a_wrong_one(acme: Acme) -> None:
    form = fields(acme)
    switched(acme)
    answers = [
        acme.browser.post(FORM, data={**form, **change})
        for change in ({}, {"password": "wrong"}, {"username": "nobody"}, {"csrf_token": ""}, {"username": ""})
    ]
    for answer in answers:
        trace = acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)
        assert (trace["method"], trace["details"]) == ("password", {"policy": "sso_only"})
    shown = {answer.get_data(as_text=True).replace(_reference(answer), "") for answer in answers}
    assert len(shown) == 1
    assert acme.opened() is None


def _reference(answer: Any) -> str:
    return str(answer.get_data(as_text=True).partition('data-reference="')[2].partition('"')[0])


def test_the_login_page_offers_no_password(acme: Acme) -> None:
    switched(acme)
    page = acme.browser.get(FORM).get_data(as_text=True)
    assert 'type="password"' not in page
    assert "/t/acme/oauth/login" in page


SPELLINGS = [
        "/t/acme/login?password=Y", "/t/acme/login?next=/account", "/t/acme/login;x=1", "/t/acme/login/",
        "/t/ACME/login", "/t/acme%20/login", "//t/acme/login", "/t//acme/login", "/t/acme//login", "/t/./acme/login",
        "/t/acme/login%00", "/t/acme/Login", "/T/acme/login", "/t/acme/oauth/login", "/t/acme/login.json",
]  # fmt: skip


def test_no_spelling_of_the_address_takes_a_password(acme: Acme) -> None:
    form = fields(acme)
    switched(acme)
    for path, method in product(SPELLINGS, ("POST", "PUT", "PATCH", "GET")):
        answer = acme.browser.open(path, method=method, data=form)
        assert session_cookie(answer) is None, (method, path)
    assert acme.opened() is None


def test_no_content_type_takes_a_password(acme: Acme) -> None:
    switched(acme)
    body = f'{{"username": "alice", "password": "{PASSWORD}"}}'
    for kind in ("application/json", "text/plain", "multipart/form-data", "application/xml", ""):
        acme.refused(acme.browser.post(FORM, data=body, content_type=kind), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_no_header_changes_the_way(acme: Acme) -> None:
    form = fields(acme)
    switched(acme)
    for header in ("X-HTTP-Method-Override", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri"):
        answer = acme.browser.post(FORM, data=form, headers={header: "/t/other/login"})
        acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)


def test_http_basic_is_no_way_in(acme: Acme) -> None:
    for path in ("/account", "/session", "/forward-auth", FORM):
        answer = acme.browser.get(path, auth=("alice", PASSWORD))
        assert session_cookie(answer) is None
    assert acme.opened() is None


def test_the_switch_ends_sessions_born_of_a_password_and_no_others(acme: Acme) -> None:
    by_password, by_sso = acme.world.client(), acme.world.client()
    acme.password(by_password)
    acme.sign_in(by_sso)
    switched(acme)
    assert acme.opened(by_password) is None
    assert acme.opened(by_sso) == "alice"


def test_what_the_switch_ended_stays_ended_when_it_is_switched_back(acme: Acme) -> None:
    acme.password(acme.browser)
    switched(acme)
    switched(acme, LoginPolicy.SSO_OPTIONAL)
    assert acme.opened() is None
    assert acme.password(acme.browser).status_code == 303


def test_a_session_whose_tenant_was_switched_behind_our_back_is_dead_too(acme: Acme) -> None:
    acme.password(acme.browser)
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.SSO_ONLY))
    assert acme.opened() is None


def test_a_switch_while_a_password_is_being_checked_counts(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = acme.world.bridge.hasher
    verify = hasher.verify

    def slow(password: str, stored: str | None) -> bool:
        switched(acme)
        return verify(password, stored)

    monkeypatch.setattr(hasher, "verify", slow)
    acme.refused(acme.password(acme.browser), ReasonCode.PASSWORD_NOT_ALLOWED)
    assert acme.opened() is None


def test_a_switch_there_and_back_while_a_password_is_being_checked_counts(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = acme.world.bridge.hasher
    verify = hasher.verify

    def slow(password: str, stored: str | None) -> bool:
        switched(acme)
        switched(acme, LoginPolicy.SSO_OPTIONAL)
        return verify(password, stored)

    monkeypatch.setattr(hasher, "verify", slow)
    acme.refused(acme.password(acme.browser), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_a_login_by_the_provider_begun_before_the_switch_still_completes(acme: Acme) -> None:
    there = acme.callback()
    switched(acme)
    assert acme.browser.get(there).status_code == 303


def test_a_provider_that_is_away_does_not_bring_passwords_back(acme: Acme) -> None:
    switched(acme)
    acme.idp.stop()
    answer = acme.browser.get("/t/acme/oauth/login")
    acme.refused(answer, ReasonCode.PROVIDER_UNREACHABLE)
    assert 'type="password"' not in acme.browser.get(FORM).get_data(as_text=True)
    acme.refused(acme.browser.post(FORM, data={"username": "alice"}), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_an_account_of_an_sso_only_tenant_is_not_reached_from_a_session_elsewhere(
    acme: Acme, rival: FakeProvider
) -> None:
    loose = acme.world.tenant("loose")
    acme.world.account(loose, "alice", email=ALICE, password=PASSWORD)
    switched(acme)
    assert acme.password(acme.browser, tenant="loose").status_code == 303
    page = acme.browser.get("/account")
    answer = acme.browser.post("/accounts/choose", data={**hidden_fields(page), "account": acme.alice.id})
    acme_session: Any = acme.world.session(acme.browser)
    assert session_cookie(answer) is None
    assert acme_session["tenant"] == "loose"


def test_a_session_cannot_change_account_by_a_method_that_is_closed_now(acme: Acme) -> None:
    lead = acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    choose(acme.browser, acme.sign_in(), acme.alice.id)
    chooser = acme.browser.get("/accounts/choose")
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.PASSWORD))
    answer = choose(acme.browser, chooser, lead.id)
    assert answer.status_code == 400, "the session that could have changed has ended with its method"
    assert session_cookie(answer) is None
    assert acme.opened() is None


def test_nobody_is_locked_out_by_a_switch_before_a_login_came_through(acme: Acme) -> None:
    with pytest.raises(SwitchRefused):
        acme.world.bridge.enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor="sam", reason="asked")
    assert acme.password(acme.browser).status_code == 303
    acme.sign_in()
    acme.world.bridge.enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor="sam", reason="asked")
    acme.refused(acme.password(acme.world.client()), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_in_a_password_tenant_the_provider_opens_nothing(acme: Acme) -> None:
    there = acme.callback()
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.PASSWORD))
    acme.idp.forget_requests()
    acme.refused(acme.browser.get(there), ReasonCode.SSO_NOT_ALLOWED)
    acme.refused(acme.browser.get("/t/acme/oauth/login"), ReasonCode.SSO_NOT_ALLOWED)
    assert acme.idp.calls == []


def test_a_flood_of_passwords_in_an_sso_only_tenant_fills_nothing(acme: Acme) -> None:
    switched(acme)
    for _ in range(80):
        assert acme.browser.post(FORM, data={"username": "alice"}).status_code == 403
    with acme.world.bridge.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM traces").scalar_one() <= 60


def test_who_is_signed_out_by_the_switch_is_shown_the_way_back_in(acme: Acme) -> None:
    acme.password(acme.browser)
    switched(acme)
    there = acme.browser.get("/account").headers["Location"]
    assert there == "/t/acme/login?signed-out=1"
    page = acme.browser.get(there).get_data(as_text=True)
    assert "Your session has ended. Sign in again." in page
    assert "OAuth Login" in page
    assert acme.world.client().get("/account").headers["Location"] == "/", "whoever was nowhere is told nothing"
