"""Between password and code lies a half-finished login: whatever changes meanwhile counts (docs/security.md, E6 j)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.audit.audit import Actor
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import OF_STAFF, SecurityPolicy
from app.domain.tenants.tenant import Status
from app.services.passwords.pending_mfa import LIFETIME_S
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import hidden_fields
from tests.threats.acme import PASSWORD, Acme, session_cookie
from tests.threats.passwords.phone import Phone, send


@pytest.fixture
def phone(acme: Acme) -> Phone:
    """Alice's."""
    return Phone.of(acme.world, acme.tenant, acme.alice)


def switch(acme: Acme, policy: LoginPolicy = LoginPolicy.SSO_ONLY) -> None:
    acme.world.bridge.enforcement.switch(
        SwitchCommand("acme", policy, by=Actor("staff/sam", reason="ticket 4711"), accepted=EVERY_BLOCKER)
    )


def set_password(acme: Acme, password: str) -> None:
    with acme.world.bridge.database.write() as work:
        stored = acme.world.bridge.hasher.hash(password)
        work.accounts.set_password_hash(acme.tenant.id, acme.alice.id, stored)


def pending_mfa(acme: Acme, browser: FlaskClient | None = None) -> TestResponse:
    """The page that asks for the code."""
    page = acme.password(browser or acme.browser)
    assert page.status_code == 200
    return page


def test_a_pending_mfa_from_before_the_switch_is_dead(acme: Acme, phone: Phone) -> None:
    page = pending_mfa(acme)
    switch(acme)
    for code in (phone.code(), phone.wrong(), ""):
        acme.refused(send(acme.browser, page, code), ReasonCode.PASSWORD_NOT_ALLOWED)
    assert acme.opened() is None


def test_a_pending_mfa_stays_dead_after_the_way_back(acme: Acme, phone: Phone) -> None:
    page = pending_mfa(acme)
    switch(acme)
    switch(acme, LoginPolicy.SSO_OPTIONAL)
    acme.refused(send(acme.browser, page, phone.code()), ReasonCode.PASSWORD_NOT_ALLOWED)
    assert acme.opened() is None
    assert send(acme.browser, pending_mfa(acme), phone.code()).status_code == 303, "a new login is welcome"


def test_a_set_up_from_before_the_switch_sets_up_nothing(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, security=OF_STAFF))
    page = pending_mfa(acme)
    new = shown_phone(acme, page)
    switch(acme)
    acme.refused(send(acme.browser, page, new.code()), ReasonCode.PASSWORD_NOT_ALLOWED)
    switch(acme, LoginPolicy.SSO_OPTIONAL)
    acme.refused(send(acme.browser, page, new.code()), ReasonCode.PASSWORD_NOT_ALLOWED)
    assert factor_of(acme) is None


def test_of_two_tabs_one_ends_the_login(acme: Acme, phone: Phone) -> None:
    first, second = pending_mfa(acme), pending_mfa(acme)
    assert send(acme.browser, first, phone.code()).status_code == 303
    acme.world.clock.forward(30)
    acme.refused(send(acme.browser, first, phone.code()), ReasonCode.ATTEMPT_USED)
    assert send(acme.browser, second, phone.code()).status_code == 303, "a login of its own"


def test_a_pending_mfa_belongs_to_its_browser(acme: Acme, phone: Phone) -> None:
    page = pending_mfa(acme)
    thief = acme.world.client()
    ticket = hidden_fields(page)["ticket"]
    own = hidden_fields(thief.get("/t/acme/login"))
    answer = thief.post("/t/acme/login/code", data={**own, "ticket": ticket, "code": phone.code()})
    acme.refused(answer, ReasonCode.ATTEMPT_UNKNOWN)
    assert send(acme.browser, page, phone.code()).status_code == 303, "the thief has spoilt nothing"


def test_a_pending_mfa_belongs_to_its_tenant(acme: Acme, phone: Phone) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "alice", password=PASSWORD)
    page = pending_mfa(acme)
    acme.refused(send(acme.browser, page, phone.code(), tenant="globex"), ReasonCode.ATTEMPT_UNKNOWN)


@pytest.mark.parametrize("ticket", ["", "x", "A" * 400, "e30"])
def test_a_forged_pending_mfa_is_none(acme: Acme, phone: Phone, ticket: str) -> None:
    fields = {**hidden_fields(pending_mfa(acme)), "ticket": ticket, "code": phone.code()}
    acme.refused(acme.browser.post("/t/acme/login/code", data=fields), ReasonCode.ATTEMPT_UNKNOWN)


def test_a_choosers_ticket_is_no_pending_mfa(acme: Acme, phone: Phone) -> None:
    acme.world.account(acme.tenant, "alice-lead", email="alice@acme.example")
    chooser = hidden_fields(acme.sign_in())
    fields = {**chooser, "code": phone.code()}
    acme.refused(acme.browser.post("/t/acme/login/code", data=fields), ReasonCode.ATTEMPT_UNKNOWN)


def test_a_pending_mfa_is_good_for_five_minutes(acme: Acme, phone: Phone) -> None:
    page = pending_mfa(acme)
    acme.world.clock.forward(LIFETIME_S)
    acme.refused(send(acme.browser, page, phone.code()), ReasonCode.ATTEMPT_EXPIRED)


Change = Callable[[Acme], None]
MEANWHILE: dict[str, tuple[Change, ReasonCode]] = {
    "the password was changed": (lambda acme: set_password(acme, "another long password"), ReasonCode.WRONG_PASSWORD),
    "the password was set anew to the same": (lambda acme: set_password(acme, PASSWORD), ReasonCode.WRONG_PASSWORD),
    "the account was disabled": (
        lambda acme: acme.world.save(replace(acme.alice, status=Status.DISABLED)),
        ReasonCode.ACCOUNT_DISABLED,
    ),
    "the tenant was disabled": (
        lambda acme: acme.world.save(replace(acme.tenant, status=Status.DISABLED)),
        ReasonCode.TENANT_DISABLED,
    ),
    "the network was closed": (
        lambda acme: acme.world.save(replace(acme.tenant, security=SecurityPolicy(networks=("192.0.2.0/24",)))),
        ReasonCode.NETWORK_NOT_ALLOWED,
    ),
    "support removed the factor": (
        lambda acme: acme.world.bridge.second_factors.remove(
            acme.tenant.id, acme.alice.id, by=Actor("staff/sam", "192.0.2.1", "phone lost")
        ),
        ReasonCode.WRONG_CODE,
    ),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_between_password_and_code(acme: Acme, phone: Phone, what: str) -> None:
    change, reason = MEANWHILE[what]
    page = pending_mfa(acme)
    change(acme)
    acme.refused(send(acme.browser, page, phone.code()), reason)
    assert acme.opened() is None


def test_a_rule_that_comes_during_the_login_counts(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = acme.world.bridge.hasher
    verify = hasher.verify

    def meanwhile(password: str, stored: str | None) -> bool:
        acme.world.save(replace(acme.tenant, security=OF_STAFF))
        return verify(password, stored)

    monkeypatch.setattr(hasher, "verify", meanwhile)
    page = pending_mfa(acme)
    assert session_cookie(page) is None


def test_the_next_address_opens_nothing_by_itself(acme: Acme, phone: Phone) -> None:
    pending_mfa(acme)
    for path in ("/account", "/account/second-factor", "/session", "/support/", "/accounts/choose"):
        assert acme.browser.get(path).status_code in {303, 401}, path
    back = acme.browser.get("/t/acme/login/code")
    assert (back.status_code, back.headers["Location"]) == (303, "/t/acme/login")
    assert acme.browser.get("/t/nowhere/login/code").status_code == 404
    assert phone.secret


def test_demanded_of_somebody_without_one_nothing_is_written_before_it_is_confirmed(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, security=OF_STAFF))
    before = acme.rows()
    page = pending_mfa(acme)
    new = shown_phone(acme, page)
    again = send(acme.browser, page, new.wrong())
    acme.refused(again, ReasonCode.WRONG_CODE)
    assert shown_phone(acme, again).secret == new.secret, "a mistyped code does not mean another scan"
    assert {name: rows for name, rows in acme.rows().items() if name not in {"counters", "traces"}} == {
        name: rows for name, rows in before.items() if name not in {"counters", "traces"}
    }
    done = send(acme.browser, again, new.code())
    assert done.status_code == 200, "the recovery codes come first"
    assert done.get_data(as_text=True).count("<li><code>") == 10
    assert acme.opened() == "alice"
    acme.world.clock.forward(30)
    other = acme.world.client()
    assert send(other, pending_mfa(acme, other), new.code()).status_code == 303


def test_a_page_with_recovery_codes_cannot_be_loaded_twice(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, security=OF_STAFF))
    page = pending_mfa(acme)
    new = shown_phone(acme, page)
    assert send(acme.browser, page, new.code()).status_code == 200
    acme.refused(send(acme.browser, page, new.code()), ReasonCode.ATTEMPT_USED)


def test_of_two_set_ups_the_first_one_stays(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, security=OF_STAFF))
    first, second = pending_mfa(acme), pending_mfa(acme)
    mine, late = shown_phone(acme, first), shown_phone(acme, second)
    assert mine.secret != late.secret
    assert send(acme.browser, first, mine.code()).status_code == 200
    other = acme.world.client()
    acme.refused(send(acme.browser, second, late.code()), ReasonCode.ATTEMPT_USED)
    acme.world.clock.forward(30)
    acme.refused(send(other, pending_mfa(acme, other), late.code()), ReasonCode.WRONG_CODE)
    assert send(other, pending_mfa(acme, other), mine.code()).status_code == 303


def test_a_set_up_is_for_the_account_whose_password_was_typed(acme: Acme) -> None:
    """The ticket says whose it is: no field of the form does."""
    acme.world.save(replace(acme.tenant, security=OF_STAFF))
    mallory = acme.world.account(acme.tenant, "mallory", password=PASSWORD)
    page = acme.password(acme.browser, username="mallory")
    new = shown_phone(acme, page)
    fields = {**hidden_fields(page), "account": acme.alice.id, "username": "alice", "code": new.code()}
    assert acme.browser.post("/t/acme/login/code", data=fields).status_code == 200
    assert acme.opened() == "mallory"
    assert factor_of(acme) is None
    assert acme.world.bridge.second_factors.of(acme.tenant.id, mallory.id)


def test_a_pending_mfa_for_a_code_sets_up_nothing(acme: Acme, phone: Phone) -> None:
    page = pending_mfa(acme)
    assert "data-secret" not in page.get_data(as_text=True)
    fields = {**hidden_fields(page), "secret": phone.secret, "do": "set_up", "code": phone.wrong()}
    acme.refused(acme.browser.post("/t/acme/login/code", data=fields), ReasonCode.WRONG_CODE)


def shown_phone(acme: Acme, page: TestResponse) -> Phone:
    """Set up from what the page shows."""
    text = page.get_data(as_text=True)
    return Phone(acme.world, text.partition('data-secret="')[2].partition('"')[0])


def factor_of(acme: Acme) -> object:
    return acme.world.bridge.second_factors.of(acme.tenant.id, acme.alice.id)
