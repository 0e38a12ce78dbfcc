"""A browser that somebody has signed in with: strangers keep nobody out of it, and it opens nothing (ASVS 6.3.1)."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy, TotpRule
from app.services.throttling.throttle import NAME_MOST, networks
from tests.builders import hidden_fields
from tests.threats.acme import PASSWORD, Acme, cookies
from tests.threats.passwords.phone import Phone, send
from tests.threats.throttling.test_throttling import GUESSES, WINDOW_S, guess

DEVICE = "sso_device"


def client_prefix(acme: Acme) -> Acme:
    """Somebody else's browser at the same tenant."""
    return replace(acme)


def posted(acme: Acme, browser: FlaskClient, password: str, *, username: str = "alice") -> TestResponse:
    fields = {**hidden_fields(browser.get("/t/acme/login")), "username": username, "password": password}
    return browser.post("/t/acme/login", data=fields, environ_overrides={"REMOTE_ADDR": "198.51.100.1"})


@pytest.fixture
def locked(acme: Acme) -> Acme:
    """Alice has signed in by her browser; then strangers everywhere guessed at her until nobody is heard any more."""
    assert posted(acme, acme.browser, PASSWORD).status_code == 303
    other = client_prefix(acme)
    for number in range(NAME_MOST):
        guess(other, client_ip=f"203.0.113.{number}")
    acme.refused(posted(acme, acme.world.client(), PASSWORD), ReasonCode.THROTTLED)
    return acme


def test_strangers_do_not_keep_a_person_out_of_her_own_browser(locked: Acme) -> None:
    assert posted(locked, locked.browser, PASSWORD).status_code == 303


def test_nor_from_saying_who_she_is_once_more(locked: Acme) -> None:
    assert posted(locked, locked.browser, PASSWORD).status_code == 303
    confirm = {**hidden_fields(locked.browser.get("/account/confirm")), "password": PASSWORD}
    assert locked.browser.post("/account/confirm", data=confirm).status_code == 303
    new = "another row of words"
    change = {**hidden_fields(locked.browser.get("/account/password")), "current": PASSWORD, "new": new, "again": new}
    assert locked.browser.post("/account/password", data=change).status_code == 303


def test_nor_does_a_flood_at_her_own_address(acme: Acme) -> None:
    assert posted(acme, acme.browser, PASSWORD).status_code == 303
    other = client_prefix(acme)
    for number in range(100):
        guess(other, username=f"name-{number}", client_ip="198.51.100.1")
    acme.refused(posted(acme, acme.world.client(), PASSWORD), ReasonCode.THROTTLED)
    assert posted(acme, acme.browser, PASSWORD).status_code == 303


def test_her_browser_is_no_place_to_guess_from(acme: Acme) -> None:
    assert posted(acme, acme.browser, PASSWORD).status_code == 303
    for _ in range(GUESSES):
        acme.refused(posted(acme, acme.browser, "guess"), ReasonCode.WRONG_PASSWORD)
    acme.refused(posted(acme, acme.browser, PASSWORD), ReasonCode.THROTTLED)
    acme.world.clock.forward(WINDOW_S + 1)
    assert posted(acme, acme.browser, PASSWORD).status_code == 303


def test_it_is_no_stranger_for_one_name_only(locked: Acme) -> None:
    locked.world.account(locked.tenant, "bob", password=PASSWORD)
    other = client_prefix(locked)
    for number in range(NAME_MOST):
        guess(other, username="bob", client_ip=f"203.0.113.{number}")
    locked.refused(posted(locked, locked.browser, PASSWORD, username="bob"), ReasonCode.THROTTLED)


def test_a_wrong_password_makes_no_browser_known(acme: Acme) -> None:
    acme.refused(posted(acme, acme.browser, "guess"), ReasonCode.WRONG_PASSWORD)
    assert DEVICE not in cookies(acme.browser)


def test_the_cookie_alone_opens_nothing(acme: Acme) -> None:
    assert posted(acme, acme.browser, PASSWORD).status_code == 303
    other = acme.world.client()
    other.set_cookie(DEVICE, cookies(acme.browser)[DEVICE])
    assert other.get("/session").status_code == 401
    acme.refused(posted(acme, other, "guess"), ReasonCode.WRONG_PASSWORD)


def test_the_cookie_is_no_way_round_sso_only(acme: Acme) -> None:
    assert posted(acme, acme.browser, PASSWORD).status_code == 303
    form = {**hidden_fields(acme.browser.get("/t/acme/login")), "username": "alice", "password": PASSWORD}
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.SSO_ONLY))
    acme.refused(acme.browser.post("/t/acme/login", data=form), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_the_cookie_is_no_second_factor(acme: Acme) -> None:
    assert posted(acme, acme.browser, PASSWORD).status_code == 303
    acme.browser.delete_cookie("sso_session")
    acme.world.save(replace(acme.tenant, security=SecurityPolicy(totp=TotpRule.REQUIRED)))
    assert posted(acme, acme.browser, PASSWORD).status_code == 200
    assert acme.browser.get("/session").status_code == 401


def test_a_right_password_without_its_code_makes_no_browser_known(acme: Acme) -> None:
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    asked = posted(acme, acme.browser, PASSWORD)
    assert DEVICE not in cookies(acme.browser)
    assert send(acme.browser, asked, phone.code()).status_code == 303
    assert DEVICE in cookies(acme.browser)


def test_whose_browser_it_is_cannot_be_read_from_the_cookie(acme: Acme) -> None:
    assert posted(acme, acme.browser, PASSWORD).status_code == 303
    assert "alice" not in cookies(acme.browser)[DEVICE]


def test_known_or_not_a_name_that_is_stopped_looks_the_same(locked: Acme) -> None:
    """Whoever has the cookie has signed in with that very name: to all others, known and unknown names answer alike."""
    other = client_prefix(locked)
    for number in range(NAME_MOST):
        guess(other, username="nobody", client_ip=f"203.0.113.{number}")
    known, unknown = (posted(locked, locked.world.client(), "guess", username=name) for name in ("alice", "nobody"))
    assert (known.status_code, unknown.status_code) == (429, 429)


@pytest.mark.parametrize(
    ("addresses", "most"),
    [
        pytest.param([f"2001:db8:0:{number:x}::1" for number in range(256)], 20, id="a home: a /56"),
        pytest.param([f"2001:db8:0:{number:x}00::1" for number in range(256)], 30, id="a site: a /48"),
    ],
)
def test_one_ipv6_line_does_not_lock_a_named_person_out(acme: Acme, addresses: list[str], most: int) -> None:
    """Ten networks were enough, and a home has 256 (RFC 6177)."""
    answers = [guess(acme, client_ip=client_ip).status_code for client_ip in addresses]
    assert answers.count(401) == most
    assert guess(acme, password=PASSWORD, client_ip="2001:db8:ffff::1").status_code == 303
    assert guess(acme, password=PASSWORD, client_ip="198.51.100.1").status_code == 303


def test_one_ipv6_home_does_not_close_a_whole_tenant(acme: Acme) -> None:
    answers = [
        guess(acme, username=f"name-{number}", client_ip=f"2001:db8:0:{number:x}::1").status_code
        for number in range(256)
    ]
    assert answers.count(401) == 200
    assert guess(acme, password=PASSWORD, client_ip="2001:db8:1::1").status_code == 303


def test_what_is_no_address_is_counted_as_it_is() -> None:
    assert networks("unix:") == ("unix:",)
    assert networks("::ffff:192.0.2.1") == ("192.0.2.1",)
