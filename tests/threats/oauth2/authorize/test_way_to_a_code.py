"""Attacks on the way from an app to a code."""

import logging
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import choose, hidden_fields
from tests.oauth2_app import CONTINUE, OAuth2App, answered, decide, location, query_of
from tests.threats.acme import ALICE, Acme, cookies


def waiting(acme: Acme, app: OAuth2App) -> str:
    """A request that waits for somebody to sign in: where it goes on."""
    return query_of(location(app.ask(acme.browser, tenant="acme")))["next"]


def consent(acme: Acme, app: OAuth2App) -> TestResponse:
    app.save(trusted=False)
    acme.sign_in()
    return acme.browser.get(location(app.ask(acme.browser)))


# Flooding


def test_nothing_is_stored_before_somebody_has_signed_in(acme: Acme, app: OAuth2App) -> None:
    before = acme.rows()

    for _ in range(20):
        app.ask(acme.world.client(), tenant="acme")
        acme.world.client().post("/oauth2/authorize", data=app.parameters())

    assert acme.rows() == before


def test_whoever_shows_nothing_but_a_client_id_pushes_a_limited_number_of_requests(acme: Acme, app: OAuth2App) -> None:
    statuses = [acme.browser.post("/oauth2/par", data=app.parameters()).status_code for _ in range(301)]

    assert statuses == [201] * 300 + [429]


# The sealed request


@pytest.mark.parametrize("value", ["", "x", "A" * 3000, "é", "null"])
def test_a_forged_request(acme: Acme, app: OAuth2App, value: str) -> None:
    onward = waiting(acme, app)
    (name,) = [name for name in cookies(acme.browser) if name.startswith("sso_app_")]
    acme.sign_in()
    acme.browser.set_cookie(name, value)

    acme.refused(acme.browser.get(onward), ReasonCode.APP_REQUEST_GONE)


def test_a_request_under_the_name_of_another(acme: Acme, app: OAuth2App) -> None:
    first, second = waiting(acme, app), waiting(acme, app)
    names = [f"sso_app_{query_of(onward)['request']}" for onward in (first, second)]
    acme.sign_in()
    acme.browser.set_cookie(names[0], cookies(acme.browser)[names[1]])

    acme.refused(acme.browser.get(first), ReasonCode.APP_REQUEST_GONE)


def test_a_request_in_another_browser(acme: Acme, app: OAuth2App) -> None:
    onward = waiting(acme, app)
    other = acme.world.client()
    acme.sign_in(other)

    acme.refused(other.get(onward), ReasonCode.APP_REQUEST_GONE)


def test_a_request_that_has_been_answered(acme: Acme, app: OAuth2App) -> None:
    onward = waiting(acme, app)
    acme.sign_in()
    answered(acme.browser.get(onward))

    acme.refused(acme.browser.get(onward), ReasonCode.APP_REQUEST_GONE)


def test_a_request_that_is_too_old(acme: Acme, app: OAuth2App) -> None:
    onward = waiting(acme, app)
    acme.world.clock.forward(1800)
    acme.sign_in()

    acme.refused(acme.browser.get(onward), ReasonCode.APP_REQUEST_GONE)


def test_a_login_attempt_is_no_request_and_a_request_is_no_attempt(acme: Acme, app: OAuth2App) -> None:
    onward = waiting(acme, app)
    acme.callback()
    held = cookies(acme.browser)
    (attempt,) = [value for name, value in held.items() if name.startswith("sso_login_")]
    acme.browser.set_cookie(f"sso_app_{query_of(onward)['request']}", attempt)

    acme.refused(acme.browser.get(onward), ReasonCode.APP_REQUEST_GONE)


def test_a_request_too_long_for_a_cookie_is_refused_and_not_lost(acme: Acme, app: OAuth2App) -> None:
    long = "https://desk.example/" + "c" * 1900
    app.save(redirect_uris=(long,))

    got = answered(app.ask(acme.browser, redirect_uri=long, state="s" * 1024), long)

    assert got["error"] == "invalid_request"


# The consent page


def test_consent_by_a_forged_form(acme: Acme, app: OAuth2App) -> None:
    page = consent(acme, app)
    fields = {**hidden_fields(page), "decision": "allow"}

    for token in (None, "", "x", acme.browser.get("/t/acme/login").get_data(as_text=True)[:40]):
        sent = {name: value for name, value in {**fields, "csrf_token": token}.items() if value is not None}
        acme.refused(acme.browser.post(CONTINUE, data=sent), ReasonCode.CSRF)


def test_consent_by_the_form_of_another_session(acme: Acme, app: OAuth2App) -> None:
    page = consent(acme, app)
    other = acme.world.client()
    acme.sign_in(other)
    theirs = hidden_fields(other.get("/account"))["csrf_token"]

    sent = {**hidden_fields(page), "decision": "allow", "csrf_token": theirs}

    acme.refused(acme.browser.post(CONTINUE, data=sent), ReasonCode.CSRF)


def test_consent_by_whom_the_page_did_not_show(acme: Acme, app: OAuth2App) -> None:
    """Another tab has changed accounts since: what this page said is not true any more."""
    lead = acme.world.account(acme.tenant, "lead", email=ALICE)
    app.save(trusted=False)
    choose(acme.browser, acme.sign_in(), acme.alice.id)
    page = acme.browser.get(location(app.ask(acme.browser)))
    choose(acme.browser, acme.browser.get("/accounts/choose"), lead.id)

    acme.refused(decide(acme.browser, page, "allow"), ReasonCode.CSRF)


def test_consent_by_a_link(acme: Acme, app: OAuth2App) -> None:
    page = consent(acme, app)
    fields = {**hidden_fields(page), "decision": "allow"}

    again = acme.browser.get(CONTINUE, query_string=fields)

    assert again.status_code == 200, "the page once more, and no code"


def test_consent_that_is_neither_yes_nor_no_is_no(acme: Acme, app: OAuth2App) -> None:
    assert answered(decide(acme.browser, consent(acme, app), "maybe"))["error"] == "access_denied"


def test_clickjacking(acme: Acme, app: OAuth2App) -> None:
    page = consent(acme, app)
    posting = app.ask(acme.browser, response_mode="form_post", scope="everything")
    choosing = acme.browser.get(location(app.ask(acme.browser, prompt="select_account")))

    for shown in (page, posting, choosing):
        assert shown.status_code == 200
        assert shown.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]


def test_what_an_app_calls_itself_and_sends_is_text(acme: Acme, app: OAuth2App) -> None:
    script = '"><script>alert(1)</script>'
    app.save(name=script)

    page = consent(acme, app).get_data(as_text=True)
    posting = app.ask(acme.browser, response_mode="form_post", state=script, prompt="none").get_data(as_text=True)

    assert "<script>alert" not in page + posting


# Sessions


def test_the_session_of_another_workspace_is_not_left_silently(acme: Acme, app: OAuth2App) -> None:
    globex = acme.world.tenant("globex", policy=LoginPolicy.SSO_ONLY)
    acme.world.account(globex, "alice", email=ALICE)
    acme.world.connection(globex, acme.idp)
    acme.sign_in()

    page = acme.browser.get(location(app.ask(acme.browser, tenant="globex")))
    asked = acme.browser.get("/t/globex/oauth/login")

    assert "Signing in here signs you out there" in page.get_data(as_text=True)
    assert asked.status_code == 200, "asks before it leaves for the provider"
    assert acme.opened() == "alice"
    session = acme.world.session(acme.browser)
    assert session is not None
    assert session["tenant"] == "acme"


def test_a_tenants_own_client_gets_no_code_for_anybody_elses_people(acme: Acme, app: OAuth2App) -> None:
    globex = acme.world.tenant("globex")
    app.save(tenant_id=globex.id)
    acme.sign_in()

    assert location(app.ask(acme.browser)).startswith("/t/globex/login?")
    assert answered(app.ask(acme.browser, prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("tenant", ["Acme", "a\x00b", "-"])
def test_a_workspace_that_no_address_can_name_is_told_to_the_app(acme: Acme, app: OAuth2App, tenant: str) -> None:
    assert answered(app.ask(acme.browser, tenant=tenant))["error"] == "invalid_request"


def test_a_client_that_a_tenant_has_got_meanwhile_signs_in_its_people_only(acme: Acme, app: OAuth2App) -> None:
    onward = waiting(acme, app)
    acme.sign_in()
    app.save(tenant_id=acme.world.tenant("globex").id)

    assert answered(acme.browser.get(onward))["error"] == "access_denied"


@pytest.mark.parametrize("what", ["account", "connection", "tenant"])
def test_a_session_that_was_switched_off_gives_no_code(acme: Acme, app: OAuth2App, what: str) -> None:
    acme.sign_in()
    acme.switch_off(what)

    assert answered(app.ask(acme.browser, prompt="none"))["error"] == "login_required"


def test_a_password_session_after_the_switch_gives_no_code(acme: Acme, app: OAuth2App) -> None:
    acme.password(acme.browser)
    assert answered(app.ask(acme.browser))["code"]
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.SSO_ONLY))

    assert answered(app.ask(acme.browser, prompt="none"))["error"] == "login_required"


def test_a_network_that_the_workspace_does_not_allow(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    session = acme.world.session(acme.browser)
    assert session is not None
    security = replace(acme.tenant.security, networks=("192.0.2.0/24",))
    acme.world.save(replace(acme.tenant, security=security))

    trace = acme.refused(app.ask(acme.browser), ReasonCode.NETWORK_NOT_ALLOWED)
    silent = answered(app.ask(acme.browser, prompt="none"))

    assert trace["details"]["client"] == "agent-desk", "support sees at which app"
    assert trace["details"]["login"] == session["reference"], "and of which login"
    assert silent["error"] == "access_denied"


# The answer


def test_mix_up_every_answer_says_who_gives_it(acme: Acme, app: OAuth2App) -> None:
    """RFC 9207; `answered` checks `iss`."""
    acme.sign_in()
    for changes in ({}, {"scope": "everything"}, {"prompt": "none"}, {"response_type": "token"}):
        answered(app.ask(acme.browser, **changes))
    assert hidden_fields(app.ask(acme.browser, response_mode="form_post"))["iss"]


@pytest.mark.parametrize("state", ["a\r\nLocation: https://evil.example", "ä", "\x00", "s" * 1025])
def test_a_state_that_could_break_the_answer_is_not_sent_back(acme: Acme, app: OAuth2App, state: str) -> None:
    got = answered(app.ask(acme.browser, state=state))

    assert (got["error"], got.get("state")) == ("invalid_request", None)


def test_a_state_comes_back_as_it_was_sent(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    state = "a b+c&d=e%20#f\"'<>?/;:{}|"

    assert answered(app.ask(acme.browser, state=state))["state"] == state


def test_a_code_is_in_no_log_no_row_and_no_trace(
    acme: Acme, app: OAuth2App, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    acme.sign_in()
    caplog.set_level(logging.DEBUG)

    code = answered(app.ask(acme.browser))["code"]

    assert code not in caplog.text
    assert code not in "".join(capfd.readouterr())
    with acme.world.bridge.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM authorization_codes").all()
    assert code not in str(rows)


def test_the_code_is_not_kept_by_caches_and_not_passed_on_as_a_referrer(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    answer = app.ask(acme.browser)

    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]
