"""A form that another site posts does nothing, and no address does anything by being visited (ASVS 5.0, 3.5)."""

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.reasons import ReasonCode
from tests.builders import hidden_fields
from tests.threats.acme import ALICE, PASSWORD, Acme, session_cookie

TOKENS = ["", "x", "A" * 43, "é", "\x00", "A" * 10_000]


def stopped(answer: TestResponse) -> None:
    assert answer.status_code == 400
    assert 'data-reference="' in answer.get_data(as_text=True)
    assert session_cookie(answer) is None


@pytest.fixture
def lead(acme: Acme) -> Account:
    return acme.world.account(acme.tenant, "alice-lead", email=ALICE)


@pytest.mark.parametrize("token", TOKENS)
def test_a_password_form_with_a_wrong_token_signs_nobody_in(steady: Acme, token: str) -> None:
    form = hidden_fields(steady.browser.get("/t/acme/login"))
    data = {**form, "username": "alice", "password": PASSWORD, "csrf_token": token}
    stopped(steady.browser.post("/t/acme/login", data=data))


def test_a_password_form_without_a_token_signs_nobody_in(steady: Acme) -> None:
    steady.browser.get("/t/acme/login")
    stopped(steady.browser.post("/t/acme/login", data={"username": "alice", "password": PASSWORD}))


def test_a_password_form_of_another_browser_signs_nobody_in(steady: Acme) -> None:
    attackers = hidden_fields(steady.world.client().get("/t/acme/login"))
    stopped(steady.browser.post("/t/acme/login", data={**attackers, "username": "alice", "password": PASSWORD}))
    steady.browser.get("/t/acme/login")
    stopped(steady.browser.post("/t/acme/login", data={**attackers, "username": "alice", "password": PASSWORD}))


def test_support_can_look_up_why_a_form_was_refused(steady: Acme) -> None:
    answer = steady.browser.post("/t/acme/login", data={"username": "alice", "password": PASSWORD})
    trace = steady.world.trace(answer)
    assert (trace["reason"], trace["method"], trace["outcome"]) == (ReasonCode.CSRF, "password", "refused")


def test_a_token_in_the_address_is_none(steady: Acme) -> None:
    form = hidden_fields(steady.browser.get("/t/acme/login"))
    address = f"/t/acme/login?csrf_token={form['csrf_token']}"
    stopped(steady.browser.post(address, data={"username": "alice", "password": PASSWORD}))


def test_a_stranger_cannot_try_passwords_without_opening_the_page(steady: Acme) -> None:
    for _ in range(3):
        stopped(steady.world.client().post("/t/acme/login", data={"username": "alice", "password": "guess"}))


@pytest.mark.parametrize("token", TOKENS)
def test_nobody_is_logged_out_by_another_site(steady: Acme, token: str) -> None:
    steady.sign_in()
    stopped(steady.browser.post("/logout", data={"csrf_token": token}, headers={"Origin": "https://evil.example"}))
    assert steady.opened() == "alice"


def test_a_post_that_came_without_cookies_takes_none_away(steady: Acme) -> None:
    """Cookies that are `SameSite=Lax` stay behind when another site posts, but its answer could still clear them."""
    answer = steady.world.client().post("/logout", headers={"Origin": "https://evil.example"})
    assert answer.headers.getlist("Set-Cookie") == []


def test_nobody_is_logged_out_by_an_address(steady: Acme) -> None:
    steady.sign_in()
    assert steady.browser.get("/logout").status_code == 405
    steady.browser.get("/logged-out")
    assert steady.opened() == "alice"


def test_the_token_of_another_session_logs_nobody_out(steady: Acme) -> None:
    other = steady.world.client()
    steady.sign_in(other)
    foreign = hidden_fields(other.get("/account"))
    steady.sign_in()
    stopped(steady.browser.post("/logout", data=foreign))
    assert steady.opened() == "alice"


def test_the_token_from_before_the_login_is_none_after_it(steady: Acme) -> None:
    before = hidden_fields(steady.browser.get("/t/acme/login"))
    steady.sign_in()
    stopped(steady.browser.post("/logout", data=before))


def test_a_choice_posted_by_another_site_is_none(acme: Acme, lead: Account) -> None:
    form = hidden_fields(acme.sign_in())
    for token in TOKENS:
        stopped(acme.browser.post("/accounts/choose", data={**form, "account": lead.id, "csrf_token": token}))
    assert acme.opened() is None


def test_an_account_is_not_changed_by_another_site(acme: Acme, lead: Account) -> None:
    page = acme.sign_in()
    acme.browser.post("/accounts/choose", data={**hidden_fields(page), "account": acme.alice.id})
    for token in TOKENS:
        stopped(acme.browser.post("/accounts/choose", data={"account": lead.id, "csrf_token": token}))
    assert acme.opened() == "alice"


def test_an_account_is_not_changed_by_an_address(acme: Acme, lead: Account) -> None:
    page = acme.sign_in()
    acme.browser.post("/accounts/choose", data={**hidden_fields(page), "account": acme.alice.id})
    acme.browser.get(f"/accounts/choose?account={lead.id}")
    assert acme.opened() == "alice"


def test_nothing_may_be_read_by_another_site(steady: Acme) -> None:
    steady.sign_in()
    for path in ("/session", "/account", "/forward-auth", "/t/acme/login"):
        answer = steady.browser.get(path, headers={"Origin": "https://evil.example"})
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118 - not a dict
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
