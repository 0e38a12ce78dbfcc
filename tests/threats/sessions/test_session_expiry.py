"""`session_expiry`: the provider says when a session here is over, and no later it is."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import SessionLimits
from tests.builders import choose, offered_accounts
from tests.fake_idp import changed
from tests.threats.acme import ALICE, Acme
from tests.threats.login.proving import Prover

HOUR = 3600


@pytest.fixture(autouse=True)
def _one_clock(acme: Acme) -> None:
    acme.idp.clock = acme.world.clock.now


def until(acme: Acme, expiry: int, *, before_s: int) -> None:
    """Let the time pass until so many seconds before it."""
    clock = acme.world.clock
    clock.forward(expiry - before_s - clock.now())


def ends_at(acme: Acme) -> object:
    session: Any = acme.world.session(acme.browser)
    return session and session["expires_at"]


def signed_in_until(acme: Acme, after_s: int) -> int:
    acme.idp.session_expiry = acme.idp.now() + after_s
    acme.sign_in()
    assert acme.opened() == "alice"
    return acme.idp.now() + after_s


def test_a_session_ends_when_the_provider_says_and_says_so(acme: Acme) -> None:
    acme.idp.session_expiry = expiry = acme.idp.now() + HOUR
    acme.sign_in()
    assert ends_at(acme) == expiry
    until(acme, expiry, before_s=60)
    assert acme.opened() == "alice"
    assert acme.browser.get("/forward-auth").status_code == 200
    until(acme, expiry, before_s=0)
    assert acme.opened() is None
    assert acme.browser.get("/forward-auth").status_code == 401
    acme.idp.session_expiry = None
    acme.sign_in()
    assert acme.opened() == "alice"


def test_it_lengthens_no_session(acme: Acme) -> None:
    acme.sign_in()
    usual = ends_at(acme)
    acme.idp.session_expiry = acme.idp.now() + 10**8
    acme.browser = acme.world.client()
    acme.sign_in()
    assert ends_at(acme) == pytest.approx(usual, abs=60)


def test_limits_that_grow_give_no_session_more_than_the_provider_did(acme: Acme) -> None:
    signed_in_until(acme, HOUR)
    expiry: Any = acme.idp.session_expiry
    with acme.world.bridge.database.write() as work:
        work.tenants.save(replace(acme.tenant, limits=SessionLimits(idle_s=10**6, absolute_s=10**7)))
    assert ends_at(acme) == expiry
    until(acme, expiry, before_s=0)
    assert acme.opened() is None


def test_changing_the_account_gives_no_more(acme: Acme) -> None:
    acme.world.account(acme.tenant, "second", email=ALICE)
    acme.idp.session_expiry = expiry = acme.idp.now() + HOUR
    page = acme.sign_in()
    choose(acme.browser, page, offered_accounts(page)[0])
    assert ends_at(acme) == expiry
    home = acme.browser.get("/account")
    others = offered_accounts(home)
    assert others
    choose(acme.browser, home, others[0])
    assert ends_at(acme) == expiry


def test_a_fresh_authentication_gives_no_more_and_takes_what_it_says(acme: Acme) -> None:
    prover = Prover.by_sso(acme)
    acme.idp.session_expiry = first = acme.idp.now() + 2 * HOUR
    prover.attempt(Purpose.REAUTH)
    assert ends_at(acme) == first
    acme.idp.session_expiry = first + HOUR
    prover.attempt(Purpose.REAUTH)
    assert ends_at(acme) == first
    acme.idp.session_expiry = shorter = first - HOUR
    prover.attempt(Purpose.REAUTH)
    assert ends_at(acme) == shorter


def test_a_choice_that_comes_after_it_opens_nothing(acme: Acme) -> None:
    acme.world.account(acme.tenant, "second", email=ALICE)
    acme.idp.session_expiry = expiry = acme.idp.now() + 120
    page = acme.sign_in()
    until(acme, expiry, before_s=0)
    acme.refused(choose(acme.browser, page, offered_accounts(page)[0]), ReasonCode.CLAIM_INVALID)
    assert acme.opened() is None


@pytest.mark.parametrize(
    "malformed",
    [
        "1999999999",
        1999999999.5,
        1999999999.0,
        True,
        None,
        [1999999999],
        {"at": 1},
        "",
        -1,
        0,
        1,
        1999999999000,
        10**30,
    ],
)
def test_a_session_whose_end_cannot_be_understood_does_not_begin(acme: Acme, malformed: object) -> None:
    acme.idp.on.id_token(changed(session_expiry=malformed))
    trace = acme.refused(acme.sign_in(), ReasonCode.CLAIM_INVALID)
    assert trace["details"]["claim"] == "session_expiry"
    assert acme.opened() is None


def test_the_end_of_a_session_has_no_leeway(acme: Acme) -> None:
    acme.idp.session_expiry = acme.idp.now() - 1
    trace = acme.refused(acme.sign_in(), ReasonCode.CLAIM_INVALID)
    assert trace["details"]["error"] == "a time in the past"


def test_only_the_signed_word_counts(acme: Acme) -> None:
    acme.idp.claims_in = "userinfo"
    acme.idp.on.userinfo(changed(session_expiry="soon"))
    acme.sign_in()
    assert acme.opened() == "alice"
    assert "userinfo" in acme.idp.calls
