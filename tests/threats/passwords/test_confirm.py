"""Fresh authentication by the password that a session was born of: not by another's, not by guessing."""

from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import hidden_fields, reference_in
from tests.threats.acme import PASSWORD, Acme, session_cookie
from tests.threats.login.proving import Prover

CONFIRM = "/account/confirm"


def confirm(acme: Acme, password: str = PASSWORD, **fields: str) -> TestResponse:
    page = acme.browser.get(f"{CONFIRM}?next=/account%3Ffrom%3Dconsole")
    return acme.browser.post(CONFIRM, data={**hidden_fields(page), "password": password, **fields})


def test_the_session_goes_on_under_a_new_id_and_the_old_one_is_dead(acme: Acme) -> None:
    acme.world.clock.stand()
    prover = Prover.by_password(acme)
    before, old = prover.signed_in(), acme.browser.get_cookie("sso_session")
    assert before
    assert old
    acme.world.clock.forward(3600)
    confirmed = confirm(acme)
    assert (confirmed.status_code, confirmed.headers["Location"]) == (303, "/account?from=console")
    after = prover.signed_in()
    assert after
    assert after.session.auth_time == before.session.auth_time + 3600
    assert after.session.expires_at == before.session.expires_at
    assert after.session.password_epoch == before.session.password_epoch
    assert acme.world.bridge.sessions.check(old.value) is None


def test_a_wrong_password_confirms_nothing(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    before = prover.signed_in()
    refused = confirm(acme, "not the password")
    assert refused.status_code == 401
    assert reference_in(refused)
    assert session_cookie(refused) is None
    assert confirm(acme, "").status_code == 400
    after = prover.signed_in()
    assert before
    assert after
    assert after.session == before.session


def test_whoever_finds_a_browser_open_does_not_guess_for_long(acme: Acme) -> None:
    Prover.by_password(acme)
    answers = [confirm(acme, f"guess {number}").status_code for number in range(11)]
    assert answers[-1] == 429
    assert confirm(acme).status_code == 429
    assert acme.opened() == "alice"


def test_a_session_of_the_provider_is_not_confirmed_by_a_password(acme: Acme) -> None:
    prover = Prover.by_sso(acme)
    before = prover.signed_in()
    page = acme.browser.get(CONFIRM)
    assert 'type="password"' not in page.get_data(as_text=True)
    refused = acme.browser.post(CONFIRM, data={**hidden_fields(page), "password": PASSWORD})
    prover.refused(refused, ReasonCode.SESSION_CHANGED)
    after = prover.signed_in()
    assert before
    assert after
    assert after.session == before.session


def test_a_session_of_a_password_is_not_confirmed_at_the_provider(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    page = acme.browser.get(CONFIRM)
    refused = acme.browser.post(f"{CONFIRM}/sso", data=hidden_fields(page))
    assert refused.status_code == 404
    assert prover.signed_in()


def test_the_switch_comes_between(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    page = acme.browser.get(CONFIRM)
    prover.switch(LoginPolicy.SSO_ONLY)
    response = acme.browser.post(CONFIRM, data={**hidden_fields(page), "password": PASSWORD})
    assert response.status_code == 400
    assert acme.opened() is None


def test_nobody_is_asked_who_is_not_signed_in(acme: Acme) -> None:
    assert acme.world.client().get(f"{CONFIRM}?next=/support/").headers["Location"] == "/"
