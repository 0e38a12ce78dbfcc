"""A session: new at every login, dead once it ended, and never the browser's word."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from app.domain.tenants.tenant import SessionLimits
from tests.builders import choose, hidden_fields, offered_accounts
from tests.threats.acme import ALICE, Acme, session_cookie

FORGED = ["", "x", "0" * 43, "../../etc/passwd", "' OR 1=1 --", "null", "\x00", "é" * 43, "A" * 4000]


def token(browser: FlaskClient) -> str:
    cookie = browser.get_cookie("sso_session")
    assert cookie
    return cookie.value


def with_session(acme: Acme, value: str) -> FlaskClient:
    """A browser that holds this session cookie and nothing else."""
    browser = acme.world.client()
    browser.set_cookie("sso_session", value)
    return browser


def log_out(browser: FlaskClient) -> None:
    page = browser.get("/account")
    assert browser.post("/logout", data=hidden_fields(page)).status_code == 303


def test_a_session_that_was_planted_before_the_login_is_not_the_one_that_is_opened(steady: Acme) -> None:
    planted = "p" * 43
    steady.browser.set_cookie("sso_session", planted)
    steady.sign_in()
    assert token(steady.browser) != planted
    assert steady.opened(with_session(steady, planted)) is None


def test_every_login_has_a_session_of_its_own_and_ends_the_one_before(steady: Acme) -> None:
    steady.sign_in()
    first = token(steady.browser)
    steady.sign_in()
    assert token(steady.browser) != first
    assert steady.opened(with_session(steady, first)) is None


def test_a_login_by_password_ends_the_session_before_too(steady: Acme) -> None:
    steady.sign_in()
    first = token(steady.browser)
    assert steady.password(steady.browser).status_code == 303
    assert steady.opened(with_session(steady, first)) is None


def test_a_login_that_fails_leaves_the_session_before_alone(steady: Acme) -> None:
    steady.sign_in()
    first = token(steady.browser)
    steady.password(steady.browser, password="a wrong one")
    assert token(steady.browser) == first
    assert steady.opened() == "alice"


def test_changing_the_account_changes_the_session(acme: Acme) -> None:
    lead = acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    page = acme.sign_in()
    choose(acme.browser, page, acme.alice.id)
    first = token(acme.browser)
    chooser = acme.browser.get("/accounts/choose")
    assert offered_accounts(chooser) == [lead.id]
    choose(acme.browser, chooser, lead.id)
    assert acme.opened() == "alice-lead"
    assert token(acme.browser) != first
    assert acme.opened(with_session(acme, first)) is None


def test_changing_the_account_does_not_prolong_the_session(acme: Acme) -> None:
    lead = acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    choose(acme.browser, acme.sign_in(), acme.alice.id)
    for _ in range(4):
        acme.world.clock.forward(5 * 3600)
        assert acme.opened() is not None
    choose(acme.browser, acme.browser.get("/accounts/choose"), lead.id)
    acme.world.clock.forward(4 * 3600)
    assert acme.opened() is None


def test_a_session_born_of_a_password_has_no_account_to_change_to(acme: Acme) -> None:
    acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    acme.password(acme.browser)
    assert acme.browser.get("/accounts/choose").headers["Location"] == "/account"


@pytest.mark.parametrize("value", FORGED)
def test_a_forged_session_is_nobodys(steady: Acme, value: str) -> None:
    browser = with_session(steady, urlencode({"": value})[1:])
    assert browser.get("/session").status_code == 401
    assert browser.get("/account").headers["Location"] == "/"
    assert browser.get("/forward-auth").status_code == 401


def test_what_the_database_holds_opens_nothing(acme: Acme) -> None:
    acme.sign_in()
    with acme.world.bridge.database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT id FROM sessions").scalars().all()
    assert stored
    assert all(acme.opened(with_session(acme, str(known))) is None for known in stored)


@pytest.mark.parametrize("name", ["remember_token", "session", "sso_browser", "__Host-sso_session"])
def test_no_other_cookie_is_a_session(steady: Acme, name: str) -> None:
    steady.sign_in()
    browser = steady.world.client()
    browser.set_cookie(name, token(steady.browser))
    assert steady.opened(browser) is None


def test_a_session_in_the_address_or_a_header_is_none(steady: Acme) -> None:
    steady.sign_in()
    value = token(steady.browser)
    client_prefix = steady.world.client()
    for path in (f"/session?sso_session={value}", f"/session?token={value}"):
        assert client_prefix.get(path).status_code == 401
    for header in ("Authorization", "X-Session", "X-Auth-Account"):
        assert client_prefix.get("/session", headers={header: f"Bearer {value}"}).status_code == 401


def test_a_session_cookie_from_before_the_logout_is_worth_nothing_after_it(steady: Acme) -> None:
    steady.sign_in()
    stolen = with_session(steady, token(steady.browser))
    assert steady.opened(stolen) == "alice"
    log_out(steady.browser)
    assert steady.opened(stolen) is None
    assert stolen.get("/forward-auth").status_code == 401


def test_logout_takes_the_cookie_back(steady: Acme) -> None:
    steady.sign_in()
    log_out(steady.browser)
    assert steady.browser.get_cookie("sso_session") is None
    assert steady.opened() is None


def test_logout_in_one_browser_leaves_the_others_alone(steady: Acme) -> None:
    other = steady.world.client()
    steady.sign_in()
    steady.sign_in(other)
    log_out(steady.browser)
    assert steady.opened(other) == "alice"


def test_logout_ends_the_session_although_the_provider_is_away(acme: Acme) -> None:
    acme.sign_in()
    stolen = with_session(acme, token(acme.browser))
    page = acme.browser.get("/account")
    acme.idp.stop()
    acme.browser.post("/logout", data=hidden_fields(page))
    assert acme.opened(stolen) is None


def test_a_session_ends_when_nobody_uses_it(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, limits=SessionLimits(idle_s=600, absolute_s=3600)))
    acme.world.clock.stand()
    acme.sign_in()
    acme.world.clock.forward(599)
    assert acme.opened() == "alice"
    acme.world.clock.forward(601)
    assert acme.opened() is None


def test_a_session_ends_however_much_it_is_used(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, limits=SessionLimits(idle_s=600, absolute_s=3600)))
    acme.sign_in()
    for _ in range(7):
        acme.world.clock.forward(500)
        assert acme.opened() == "alice"
    acme.world.clock.forward(101)
    assert acme.opened() is None


@pytest.mark.parametrize("what", ["account", "connection", "tenant"])
def test_switching_something_off_ends_its_sessions_at_once(acme: Acme, what: str) -> None:
    acme.sign_in()
    acme.switch_off(what)
    assert acme.opened() is None
    assert acme.browser.get("/account").headers["Location"] == "/t/acme/login?signed-out=1"
    assert acme.browser.get("/forward-auth").status_code == 401


def test_a_session_outlives_its_provider(acme: Acme) -> None:
    acme.sign_in()
    acme.idp.stop()
    assert acme.opened() == "alice"
    assert acme.browser.get("/account").status_code == 200


def test_a_session_says_how_it_was_born(steady: Acme) -> None:
    steady.sign_in()
    by_sso = steady.world.session(steady.browser)
    steady.password(steady.browser)
    by_password = steady.world.session(steady.browser)
    assert by_sso
    assert by_password
    assert (by_sso["method"], by_sso["connection"]) == ("sso", "main")
    assert (by_password["method"], by_password["connection"]) == ("password", None)


def test_nobody_is_signed_in_by_a_mere_visit(steady: Acme) -> None:
    for path in ("/", "/t/acme/login", f"/callback/{steady.main.id}", "/accounts/choose", "/account", "/logged-out"):
        answer = steady.browser.get(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert session_cookie(answer) is None
    assert steady.opened() is None
