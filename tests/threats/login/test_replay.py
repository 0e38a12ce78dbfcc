"""Whatever opened a session once opens nothing again, and a stolen code opens nothing at all."""

from dataclasses import replace

from flask.testing import FlaskClient

from app.domain.reasons import ReasonCode
from tests.builders import callback_of
from tests.contracts.removal import remove_all
from tests.fake_idp import changed
from tests.threats.acme import LOGIN, Acme, cookies, parameters


def copied(acme: Acme) -> FlaskClient:
    """A second browser with the same cookies: what a thief of a profile, or a client-side session, would have."""
    thief = acme.world.client()
    for name, value in cookies(acme.browser).items():
        thief.set_cookie(name, value)
    return thief


def test_a_callback_opened_a_second_time_opens_nothing(steady: Acme) -> None:
    there = steady.callback()
    steady.browser.get(there)
    steady.idp.forget_requests()
    answer = steady.browser.get(there)
    steady.refused(answer, ReasonCode.ATTEMPT_USED)
    assert steady.idp.calls == []


def test_whoever_reloads_a_callback_stays_signed_in_and_is_shown_the_way_on(steady: Acme) -> None:
    there = steady.callback()
    steady.browser.get(there)
    answer = steady.browser.get(there)
    assert 'href="/account"' in answer.get_data(as_text=True)
    assert steady.opened() == "alice"


def test_a_callback_replayed_with_the_cookies_from_before_the_login_opens_nothing(steady: Acme) -> None:
    there = steady.callback()
    thief = copied(steady)
    steady.browser.get(there)
    steady.idp.forget_requests()
    steady.refused(thief.get(there), ReasonCode.ATTEMPT_USED)
    assert steady.opened(thief) is None
    assert steady.idp.calls == []


def test_a_used_attempt_takes_no_fresh_code(steady: Acme) -> None:
    there = steady.callback()
    thief = copied(steady)
    steady.browser.get(there)
    fresh = parameters(steady.callback(steady.world.client()))["code"]
    used = parameters(there)["code"]
    steady.refused(thief.get(there.replace(used, fresh)), ReasonCode.ATTEMPT_USED)


def test_a_replay_does_not_touch_the_trace_of_the_login(steady: Acme) -> None:
    there = steady.callback()
    steady.browser.get(there)
    session = steady.world.session(steady.browser)
    assert session
    trace = steady.refused(steady.browser.get(there), ReasonCode.ATTEMPT_USED)
    assert trace["reference"] != session["reference"]
    assert steady.world.bridge.traces.get(str(session["reference"])).reason is None


def test_a_stolen_code_in_the_thiefs_own_login_is_worth_nothing(steady: Acme) -> None:
    stolen = parameters(steady.callback())["code"]
    thief = steady.world.client()
    there = steady.callback(thief)
    steady.refused(thief.get(there.replace(parameters(there)["code"], stolen)), ReasonCode.GRANT_REFUSED)
    assert steady.opened(thief) is None


def test_without_pkce_a_stolen_code_is_stopped_by_the_nonce(steady: Acme) -> None:
    steady.world.save(replace(steady.main, provider=replace(steady.main.provider, pkce=False)))
    stolen = parameters(steady.callback())["code"]
    thief = steady.world.client()
    there = steady.callback(thief)
    steady.refused(thief.get(there.replace(parameters(there)["code"], stolen)), ReasonCode.NONCE_MISMATCH)


def test_a_code_is_sent_once_whatever_comes_back(steady: Acme) -> None:
    steady.idp.answer("token", status=503)
    steady.refused(steady.sign_in(), ReasonCode.PROVIDER_ERROR)
    assert steady.idp.calls.count("token") == 1


def test_a_login_that_failed_lets_its_cookie_go(steady: Acme) -> None:
    steady.idp.on.id_token(changed(aud="somebody-else"))
    steady.refused(steady.sign_in(), ReasonCode.AUDIENCE_MISMATCH)
    assert not [name for name in cookies(steady.browser) if name.startswith("sso_login_")]


def test_a_used_attempt_is_remembered_for_as_long_as_its_cookie_could_open_anything(acme: Acme) -> None:
    there = acme.callback()
    thief = copied(acme)
    acme.browser.get(there)
    for _ in range(3):
        acme.world.clock.forward(250)
        acme.world.bridge.database.purge(acme.world.clock.now(), remove_all)
        answer = thief.get(there)
        assert acme.world.trace(answer)["reason"] in {"attempt_used", "attempt_expired"}
        assert acme.opened(thief) is None


def test_a_code_that_failed_is_not_asked_again(steady: Acme) -> None:
    there = steady.callback()
    thief = copied(steady)
    steady.idp.answer("token", status=503)
    steady.refused(steady.browser.get(there), ReasonCode.PROVIDER_ERROR)
    steady.idp.honest()
    steady.refused(thief.get(there), ReasonCode.ATTEMPT_USED)
    assert steady.idp.calls.count("token") == 1


def test_whoever_clicked_twice_is_shown_the_way_on_where_the_login_was_going(steady: Acme) -> None:
    there = callback_of(steady.browser, steady.idp, path=f"{LOGIN}?next=/support/")
    second = copied(steady)
    steady.browser.get(there)
    shown = second.get(there).get_data(as_text=True)
    assert 'href="/account"' in shown
    assert 'href="/t/acme/oauth/login?connection=main&amp;next=%2Fsupport%2F"' in shown
