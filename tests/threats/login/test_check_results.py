"""What a check of a connection showed: at an address without the code, for the browser that made it, for minutes."""

import pytest

from app.domain.accounts.account import Role
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from app.services.login.check_results import KEPT_S
from tests.builders import reference_in
from tests.threats.acme import Acme, session_cookie
from tests.threats.login.proving import CHECK_RESULT, Prover

PROOFS = (Purpose.TEST, Purpose.PROVE)
SAID = {Purpose.TEST: "The connection works", Purpose.PROVE: "OAuth Login works for you"}
NO_LONGER = "This test result is no longer available."
EMAIL = "alice@acme.example"


@pytest.mark.parametrize("purpose", PROOFS)
def test_a_result_is_shown_at_an_address_without_the_code_and_again_after_a_reload(
    acme: Acme, purpose: Purpose
) -> None:
    prover = Prover.by_password(acme)
    answer = acme.browser.get(prover.begin(purpose))
    assert (answer.status_code, answer.headers["Location"]) == (303, CHECK_RESULT)
    for _ in range(2):
        shown = acme.browser.get(CHECK_RESULT)
        assert shown.status_code == 200
        assert SAID[purpose] in shown.get_data(as_text=True)
        assert shown.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("purpose", [*PROOFS, Purpose.REAUTH])
def test_a_failure_is_shown_there_too_with_its_status_and_reference(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.for_purpose(acme, purpose)
    acme.idp.person("nobody", email="nobody@acme.example")
    answer = acme.browser.get(prover.begin(purpose))
    assert (answer.status_code, answer.headers["Location"]) == (303, CHECK_RESULT)
    references = set()
    for _ in range(2):
        shown = acme.browser.get(CHECK_RESULT)
        prover.refused(shown, ReasonCode.NO_ACCOUNT)
        references.add(reference_in(shown))
        assert ("What went wrong" in shown.get_data(as_text=True)) is (purpose is Purpose.TEST)
    assert len(references) == 1


def test_what_the_provider_refuses_is_shown_without_its_words_in_the_address(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    state = prover.begin(Purpose.TEST).partition("state=")[2].partition("&")[0]
    callback = f"/callback/{acme.main.id}?error=access_denied&error_description=hush&state={state}"
    answer = acme.browser.get(f"{callback}&iss={acme.main.provider.issuer}")
    assert answer.headers["Location"] == CHECK_RESULT
    prover.refused(acme.browser.get(CHECK_RESULT), ReasonCode.ACCESS_DENIED)


def test_the_cookie_is_sealed_and_out_of_reach_of_scripts(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    answer = acme.browser.get(prover.begin(Purpose.TEST))
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("sso_check=")]
    assert EMAIL not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Max-Age={KEPT_S}" in cookie
    assert session_cookie(answer) is None


def test_many_long_names_still_fit_into_one_cookie(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    claims = {f"a claim with a long name, number {number:03}": "x" for number in range(100)}
    acme.idp.person("alice", email=EMAIL, **claims)
    answer = acme.browser.get(prover.begin(Purpose.TEST))
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("sso_check=")]
    assert len(cookie.partition(";")[0]) < 4096
    assert "number 001" in acme.browser.get(CHECK_RESULT).get_data(as_text=True)


def test_after_minutes_a_plain_sentence_is_left(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    prover.attempt(Purpose.TEST)
    acme.world.clock.forward(KEPT_S)
    late = acme.browser.get(CHECK_RESULT)
    assert late.status_code == 404
    assert NO_LONGER in late.get_data(as_text=True)
    assert EMAIL not in late.get_data(as_text=True)


def test_another_browser_and_another_session_see_nothing(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    prover.attempt(Purpose.TEST)
    cookie = acme.browser.get_cookie("sso_check")
    assert cookie
    stranger = acme.world.client()
    stranger.set_cookie("sso_check", cookie.value)
    assert stranger.get(CHECK_RESULT).status_code == 404
    acme.world.account(acme.tenant, "bob", password="the password of bob", roles=[Role.TENANT_ADMIN])
    acme.password(stranger, username="bob", password="the password of bob")
    assert acme.opened(stranger) == "bob"
    shown = stranger.get(CHECK_RESULT)
    assert shown.status_code == 404
    assert EMAIL not in shown.get_data(as_text=True)
    acme.password(acme.browser, username="bob", password="the password of bob")
    assert acme.browser.get(CHECK_RESULT).status_code == 404


@pytest.mark.parametrize("value", ["", "x", "sso.check.result"])
def test_a_cookie_that_is_not_ours_shows_nothing(acme: Acme, value: str) -> None:
    Prover.by_password(acme)
    acme.browser.set_cookie("sso_check", value)
    assert acme.browser.get(CHECK_RESULT).status_code == 404


def test_a_failure_whose_trace_is_gone_is_still_told(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    acme.idp.person("nobody", email="nobody@acme.example")
    acme.browser.get(prover.begin(Purpose.TEST))
    with acme.world.bridge.database.engine.connect() as connection:
        connection.exec_driver_sql("DELETE FROM traces")
    shown = acme.browser.get(CHECK_RESULT)
    assert shown.status_code == 403
    assert "The test failed" in shown.get_data(as_text=True)
    assert reference_in(shown)
