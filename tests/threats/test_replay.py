"""Whatever opened a session once opens nothing again, and a stolen code opens nothing at all."""

from dataclasses import replace

from flask.testing import FlaskClient

from app.domain.reasons import ReasonCode
from tests.fake_idp import changed
from tests.threats.acme import Acme, cookies, parameters


def copied(acme: Acme) -> FlaskClient:
    """A second browser with the same cookies: what a thief of a profile, or a client-side session, would have."""
    thief = acme.world.client()
    for name, value in cookies(acme.browser).items():
        thief.set_cookie(name, value)
    return thief


def test_a_callback_opened_a_second_time_opens_nothing(acme: Acme) -> None:
    there = acme.callback()
    acme.browser.get(there)
    acme.idp.forget_requests()
    answer = acme.browser.get(there)
    acme.refused(answer, ReasonCode.ATTEMPT_USED)
    assert acme.idp.calls == []


def test_whoever_reloads_a_callback_stays_signed_in_and_is_shown_the_way_on(acme: Acme) -> None:
    there = acme.callback()
    acme.browser.get(there)
    answer = acme.browser.get(there)
    assert 'href="/account"' in answer.get_data(as_text=True)
    assert acme.opened() == "alice"


def test_a_callback_replayed_with_the_cookies_from_before_the_login_opens_nothing(acme: Acme) -> None:
    there = acme.callback()
    thief = copied(acme)
    acme.browser.get(there)
    acme.idp.forget_requests()
    acme.refused(thief.get(there), ReasonCode.ATTEMPT_USED)
    assert acme.opened(thief) is None
    assert acme.idp.calls == []


def test_a_used_attempt_takes_no_fresh_code(acme: Acme) -> None:
    there = acme.callback()
    thief = copied(acme)
    acme.browser.get(there)
    fresh = parameters(acme.callback(acme.world.client()))["code"]
    used = parameters(there)["code"]
    acme.refused(thief.get(there.replace(used, fresh)), ReasonCode.ATTEMPT_USED)


def test_a_replay_does_not_touch_the_trace_of_the_login(acme: Acme) -> None:
    there = acme.callback()
    acme.browser.get(there)
    session = acme.world.session(acme.browser)
    assert session
    trace = acme.refused(acme.browser.get(there), ReasonCode.ATTEMPT_USED)
    assert trace["reference"] != session["reference"]
    assert acme.world.bridge.traces.get(str(session["reference"])).reason is None


def test_a_stolen_code_in_the_thiefs_own_login_is_worth_nothing(acme: Acme) -> None:
    stolen = parameters(acme.callback())["code"]
    thief = acme.world.client()
    there = acme.callback(thief)
    acme.refused(thief.get(there.replace(parameters(there)["code"], stolen)), ReasonCode.GRANT_REFUSED)
    assert acme.opened(thief) is None


def test_without_pkce_a_stolen_code_is_stopped_by_the_nonce(acme: Acme) -> None:
    acme.world.save(replace(acme.main, provider=replace(acme.main.provider, pkce=False)))
    stolen = parameters(acme.callback())["code"]
    thief = acme.world.client()
    there = acme.callback(thief)
    acme.refused(thief.get(there.replace(parameters(there)["code"], stolen)), ReasonCode.NONCE_MISMATCH)


def test_a_code_is_sent_once_whatever_comes_back(acme: Acme) -> None:
    acme.idp.answer("token", status=503)
    acme.refused(acme.sign_in(), ReasonCode.PROVIDER_ERROR)
    assert acme.idp.calls.count("token") == 1


def test_a_login_that_failed_lets_its_cookie_go(acme: Acme) -> None:
    acme.idp.on.id_token(changed(aud="somebody-else"))
    acme.refused(acme.sign_in(), ReasonCode.AUDIENCE_MISMATCH)
    assert not [name for name in cookies(acme.browser) if name.startswith("sso_login_")]


def test_a_used_attempt_is_remembered_for_as_long_as_its_cookie_could_open_anything(acme: Acme) -> None:
    there = acme.callback()
    thief = copied(acme)
    acme.browser.get(there)
    for _ in range(3):
        acme.world.clock.forward(250)
        acme.world.bridge.database.purge(acme.world.clock.now())
        answer = thief.get(there)
        assert acme.world.trace(answer)["reason"] in {"attempt_used", "attempt_expired"}
        assert acme.opened(thief) is None
