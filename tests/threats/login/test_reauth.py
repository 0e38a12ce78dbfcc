"""Fresh authentication at the provider: the same person, just now, and the session goes on under a new id."""

from dataclasses import replace

import pytest

from app.domain.connections.connection import Protocol
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import BASE_URL, hidden_fields
from tests.fake_idp import FakeProvider, changed, without
from tests.fake_idp.script import Change
from tests.threats.acme import ALICE, Acme, parameters, session_cookie
from tests.threats.login.proving import Prover

CONFIRM = "/account/confirm"


def test_the_session_goes_on_under_a_new_id_with_a_new_time_and_its_old_limit(acme: Acme) -> None:
    acme.world.clock.stand()
    prover = Prover.by_sso(acme)
    before, old = prover.signed_in(), acme.browser.get_cookie("sso_session")
    assert before
    assert old
    acme.world.clock.forward(3600)
    page = acme.browser.get(f"{CONFIRM}?next=/account%3Ffrom%3Dconsole")
    assert f'action="{CONFIRM}/sso"' in page.get_data(as_text=True)
    out = acme.browser.post(f"{CONFIRM}/sso", data=hidden_fields(page))
    asked = parameters(out.headers["Location"])
    assert (asked["prompt"], asked["max_age"], asked["login_hint"]) == ("login", "60", ALICE)
    back = str(acme.idp.authorize(out.headers["Location"]).callback_url).removeprefix(BASE_URL)
    confirmed = acme.browser.get(back)
    assert confirmed.headers["Location"] == "/account?from=console"
    after = prover.signed_in()
    assert after
    assert after.session.id != before.session.id
    assert after.session.auth_time == before.session.auth_time + 3600
    assert after.session.expires_at == before.session.expires_at
    assert after.session.created_at == before.session.created_at
    assert after.session.identity_id == before.session.identity_id
    assert acme.world.bridge.sessions.check(old.value) is None


@pytest.mark.parametrize(
    ("email", "code"),
    [(ALICE, ReasonCode.HELD_NEW_SUBJECT), ("mallory@acme.example", ReasonCode.ANOTHER_ACCOUNT)],
)
def test_another_subject_confirms_nothing(acme: Acme, email: str, code: ReasonCode) -> None:
    prover = Prover.by_sso(acme)
    before = prover.signed_in()
    acme.world.account(acme.tenant, "mallory", email="mallory@acme.example")
    acme.idp.person("mallory", email=email)
    prover.refused(prover.attempt(Purpose.REAUTH), code)
    after = prover.signed_in()
    assert before
    assert after
    assert after.session == before.session


def test_an_attempt_does_not_end_at_another_connection(acme: Acme) -> None:
    prover = Prover.by_sso(acme)
    before = prover.signed_in()
    with FakeProvider(clock=acme.world.clock.now) as other:
        other.person("alice", email=ALICE)
        second = acme.world.connection(acme.tenant, other, name="second")
        callback = prover.begin(Purpose.REAUTH)
        response = acme.browser.get(callback.replace(acme.main.id, second.id))
        assert response.status_code == 400
    after = prover.signed_in()
    assert before
    assert after
    assert after.session == before.session


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (changed(auth_time=1_000_000_000), ReasonCode.CLAIM_INVALID),
        (without("auth_time"), ReasonCode.CLAIM_MISSING),
    ],
)
def test_the_old_session_of_the_provider_is_no_answer(acme: Acme, change: Change, code: ReasonCode) -> None:
    prover = Prover.by_sso(acme)
    before = prover.signed_in()
    acme.idp.on.id_token(change)
    refused = prover.attempt(Purpose.REAUTH)
    prover.refused(refused, code)
    after = prover.signed_in()
    assert before
    assert after
    assert after.session == before.session


def test_of_two_tabs_one_goes_on(acme: Acme) -> None:
    prover = Prover.by_sso(acme)
    first, second = prover.begin(Purpose.REAUTH), prover.begin(Purpose.REAUTH)
    assert prover.end(first).status_code == 303
    prover.refused(prover.end(second), ReasonCode.SESSION_CHANGED)
    assert acme.opened() == "alice"


def test_what_the_tenant_no_longer_accepts_is_not_renewed(acme: Acme) -> None:
    prover = Prover.by_sso(acme)
    callback = prover.begin(Purpose.REAUTH)
    prover.switch(LoginPolicy.PASSWORD)
    prover.refused(prover.end(callback), ReasonCode.SESSION_CHANGED)


def test_logging_out_at_the_provider_ends_the_confirmed_session_too(acme: Acme) -> None:
    prover = Prover.by_sso(acme)
    assert prover.attempt(Purpose.REAUTH).status_code == 303
    logout = acme.world.client().post(
        f"/backchannel-logout/{acme.main.id}", data={"logout_token": acme.idp.logout_token()}
    )
    assert logout.status_code == 200
    assert acme.opened() is None


def test_a_plain_oauth_server_is_asked_for_nothing_that_it_cannot_show(acme: Acme) -> None:
    with FakeProvider(kind="oauth2", clock=acme.world.clock.now) as idp:
        idp.person("alice", email=ALICE)
        provider = replace(
            acme.main.provider,
            protocol=Protocol.OAUTH2,
            issuer=None,
            authorization_endpoint=idp.url("authorize"),
            token_endpoint=idp.url("token"),
            userinfo_endpoint=idp.url("userinfo"),
        )
        acme.main = replace(acme.main, provider=provider)
        acme.world.save(acme.main)
        acme.idp = idp
        prover = Prover.by_sso(acme)
        confirmed = prover.attempt(Purpose.REAUTH)
        assert confirmed.status_code == 303
        assert session_cookie(confirmed)


@pytest.mark.parametrize("path", [CONFIRM, f"{CONFIRM}/sso", "/account/try-sso"])
def test_a_form_of_another_site_confirms_and_begins_nothing(acme: Acme, path: str) -> None:
    Prover.by_password(acme)
    for fields in ({}, {"csrf_token": "x"}):
        assert acme.browser.post(path, data={**fields, "password": "x", "next": "/account"}).status_code == 400
    assert acme.world.client().post(path, data={"csrf_token": "x"}).status_code == 400
    assert acme.idp.calls == []


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_confirmation_leads_to_another_site(acme: Acme, onward: str) -> None:
    Prover.by_sso(acme)
    page = acme.browser.get(CONFIRM, query_string={"next": onward})
    assert hidden_fields(page)["next"] == "/account"
