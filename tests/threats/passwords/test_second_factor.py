"""A password alone opens nothing where there is a second factor, and a code opens once (ASVS 5.0, 6.5, 6.6)."""

from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from app.domain.sessions.session import session_id
from app.domain.tenants.login_policy import Method
from app.domain.tenants.security_policy import USUAL_THROTTLING, SecurityPolicy, Throttling
from tests.builders import World, hidden_fields
from tests.contracts.race import all_at_once
from tests.fake_idp import FakeProvider
from tests.threats.acme import PASSWORD, Acme, cookies, session_cookie
from tests.threats.passwords.phone import Phone, send

GUESSES, WINDOW_S = USUAL_THROTTLING.failures, USUAL_THROTTLING.window_s


@pytest.fixture
def phone(acme: Acme) -> Phone:
    """Alice's."""
    return Phone.of(acme.world, acme.tenant, acme.alice)


@pytest.fixture
def either_acme(either_world: World, idp: FakeProvider) -> Acme:
    return Acme.founded(either_world, idp)


def amr(acme: Acme) -> tuple[str, ...]:
    with acme.world.bridge.database.read() as work:
        live = work.sessions.live(session_id(cookies(acme.browser)["sso_session"]), now=acme.world.clock.now())
    assert live
    assert live.session.method is Method.PASSWORD
    return live.session.amr


def test_a_right_password_opens_nothing_before_the_code(acme: Acme, phone: Phone) -> None:
    before = acme.rows()
    page = acme.password(acme.browser)
    assert page.status_code == 200
    assert session_cookie(page) is None
    assert {**acme.rows(), "counters": 0} == {**before, "counters": 0}
    assert acme.opened() is None
    answer = send(acme.browser, page, phone.code())
    assert answer.status_code == 303
    assert acme.opened() == "alice"
    assert amr(acme) == ("pwd", "otp")


def test_a_password_without_a_second_factor_says_so_in_the_session(acme: Acme) -> None:
    acme.password(acme.browser)
    assert amr(acme) == ("pwd",)
    session: Any = acme.world.session(acme.browser)
    assert "amr" not in session
    assert "amr" not in session["account"]


def test_a_code_opens_once(acme: Acme, phone: Phone) -> None:
    code = phone.code()
    assert send(acme.browser, acme.password(acme.browser), code).status_code == 303
    thief = acme.world.client()
    acme.refused(send(thief, acme.password(thief), code), ReasonCode.WRONG_CODE)
    assert acme.opened(thief) is None


def test_a_code_from_before_the_last_one_opens_nothing(acme: Acme, phone: Phone) -> None:
    earlier = phone.code()
    assert send(acme.browser, acme.password(acme.browser), phone.code(later=1)).status_code == 303
    acme.refused(send(acme.browser, acme.password(acme.browser), earlier), ReasonCode.WRONG_CODE)


@pytest.mark.parametrize(("later", "fits"), [(-2, False), (-1, False), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_off(acme: Acme, phone: Phone, later: int, *, fits: bool) -> None:
    """One step back is the code that set it up: used."""
    answer = send(acme.browser, acme.password(acme.browser), phone.code(later=later))
    assert (answer.status_code == 303) is fits


def test_a_phone_may_be_one_step_behind(acme: Acme, phone: Phone) -> None:
    acme.world.clock.forward(60)
    assert send(acme.browser, acme.password(acme.browser), phone.code(later=-1)).status_code == 303


def test_the_code_of_another_account_opens_nothing(acme: Acme, phone: Phone) -> None:
    bob = acme.world.account(acme.tenant, "bob", password=PASSWORD)
    bobs = Phone.of(acme.world, acme.tenant, bob)
    acme.refused(send(acme.browser, acme.password(acme.browser), bobs.code()), ReasonCode.WRONG_CODE)
    for code in bobs.recovery[:2]:
        acme.refused(send(acme.browser, acme.password(acme.browser), code, recovery=True), ReasonCode.WRONG_CODE)
    assert send(acme.browser, acme.password(acme.browser), phone.code()).status_code == 303


@pytest.mark.parametrize(
    "typed", ["", " ", "12345", "1234567", "٣٣٣٣٣٣", "000 000 000", "x" * 5000, "\u0000", "123456'--"]
)
def test_what_is_no_code_opens_nothing(acme: Acme, phone: Phone, typed: str) -> None:
    for recovery in (False, True):
        page = acme.password(acme.browser)
        acme.refused(send(acme.browser, page, typed, recovery=recovery), ReasonCode.WRONG_CODE)
    assert phone.recovery


def test_each_recovery_code_opens_once(acme: Acme, phone: Phone) -> None:
    assert len(set(phone.recovery)) == 10
    assert {len(code.replace("-", "")) for code in phone.recovery} == {24}, "120 bits"
    for code in phone.recovery:
        browser = acme.world.client()
        assert send(browser, acme.password(browser), code.upper().replace("-", " "), recovery=True).status_code == 303
        assert acme.opened(browser) == "alice"
        acme.refused(send(browser, acme.password(browser), code, recovery=True), ReasonCode.WRONG_CODE)
        acme.world.clock.forward(WINDOW_S)
    assert send(acme.browser, acme.password(acme.browser), phone.code()).status_code == 303, "the phone still counts"


@pytest.mark.parametrize("recovery", [False, True])
def test_of_many_uses_of_one_code_at_the_same_moment_one_opens(either_acme: Acme, *, recovery: bool) -> None:
    acme = either_acme
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    code = phone.recovery[0] if recovery else phone.code()
    browsers = [acme.world.client() for _ in range(8)]
    pages = [acme.password(browser) for browser in browsers]
    answers = all_at_once(lambda number: send(browsers[number], pages[number], code, recovery=recovery))
    assert sorted(answer.status_code for answer in answers) == [303] + [401] * 7
    assert sum(acme.opened(browser) is not None for browser in browsers) == 1


def test_of_many_uses_of_one_pending_mfa_at_the_same_moment_one_opens(either_acme: Acme) -> None:
    acme = either_acme
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    page = acme.password(acme.browser)
    browser = cookies(acme.browser)["sso_browser"]

    def use(number: int) -> TestResponse:
        tab = acme.world.client()
        tab.set_cookie("sso_browser", browser)
        return send(tab, page, phone.recovery[number], recovery=True)

    assert sorted(answer.status_code for answer in all_at_once(use)) == [303] + [400] * 7


def test_codes_are_not_guessed_whatever_the_address(acme: Acme, phone: Phone) -> None:
    page = acme.password(acme.browser)
    for number in range(GUESSES):
        acme.refused(send(acme.browser, page, phone.wrong(), client_ip=f"203.0.113.{number}"), ReasonCode.WRONG_CODE)
    answer = send(acme.browser, page, phone.code(), client_ip="198.51.100.1")
    acme.refused(answer, ReasonCode.THROTTLED)
    assert 0 < int(answer.headers["Retry-After"]) <= WINDOW_S
    acme.world.clock.forward(WINDOW_S)
    assert send(acme.browser, acme.password(acme.browser), phone.code()).status_code == 303


def test_a_tenant_may_set_how_many_wrong_codes_are_too_many(acme: Acme, phone: Phone) -> None:
    strict = SecurityPolicy(throttling=Throttling(failures=2, window_s=60))
    acme.world.save(replace(acme.tenant, security=strict))
    page = acme.password(acme.browser)
    for _ in range(2):
        acme.refused(send(acme.browser, page, phone.wrong()), ReasonCode.WRONG_CODE)
    acme.refused(send(acme.browser, page, phone.code()), ReasonCode.THROTTLED)
    acme.world.clock.forward(61)
    assert send(acme.browser, page, phone.code()).status_code == 303


def test_whoever_has_the_password_does_not_guess_codes_for_ever(acme: Acme, phone: Phone) -> None:
    looked_at = 0
    for _ in range(24):
        page = acme.password(acme.browser)
        for _ in range(3):
            looked_at += send(acme.browser, page, phone.wrong()).status_code == 401
        acme.world.clock.forward(WINDOW_S)
    assert looked_at == 5 * GUESSES


def test_a_colleague_is_not_kept_out_by_guesses_of_codes(acme: Acme, phone: Phone) -> None:
    bob = acme.world.account(acme.tenant, "bob", password=PASSWORD)
    bobs = Phone.of(acme.world, acme.tenant, bob)
    page = acme.password(acme.browser)
    for _ in range(GUESSES):
        send(acme.browser, page, phone.wrong())
    answer = send(acme.browser, acme.password(acme.browser, username="bob"), bobs.code())
    assert answer.status_code == 303


def test_a_right_password_without_a_code_buys_no_further_passwords(acme: Acme, phone: Phone) -> None:
    for _ in range(GUESSES):
        assert acme.password(acme.browser).status_code == 200
    acme.refused(acme.password(acme.browser), ReasonCode.THROTTLED)
    acme.world.clock.forward(WINDOW_S)
    for _ in range(GUESSES + 2):
        assert send(acme.browser, acme.password(acme.browser), phone.code()).status_code == 303
        acme.world.clock.forward(30)


def test_before_the_password_was_right_nobody_learns_of_a_second_factor(acme: Acme, phone: Phone) -> None:
    acme.world.account(acme.tenant, "bob", password=PASSWORD)
    said = []
    for name in ("alice", "bob", "nobody"):
        browser = acme.world.client()
        answer = acme.password(browser, username=name, password="wrong")
        reference = str(acme.world.trace(answer)["reference"])
        hidden = hidden_fields(answer)["csrf_token"]
        said.append(answer.get_data(as_text=True).replace(reference, "").replace(hidden, "").replace(name, ""))
        assert answer.status_code == 401
    assert len(set(said)) == 1
    assert phone.secret


def test_without_the_page_of_the_form_no_code_is_looked_at(acme: Acme, phone: Phone) -> None:
    fields = hidden_fields(acme.password(acme.browser))
    for changed in ({"csrf_token": ""}, {"csrf_token": "x" + fields["csrf_token"]}):
        answer = acme.browser.post("/t/acme/login/code", data={**fields, **changed, "code": phone.code()})
        acme.refused(answer, ReasonCode.CSRF)
    assert acme.browser.post("/t/acme/login/code", data={**fields, "code": phone.code()}).status_code == 303


def test_a_provider_brings_its_own_second_factor(acme: Acme, phone: Phone) -> None:
    assert acme.sign_in().status_code == 303
    assert acme.opened() == "alice"
    assert phone.secret


def test_a_secret_under_a_key_that_is_gone_lets_in_by_recovery_code_only(acme: Acme, phone: Phone) -> None:
    with acme.world.bridge.database.write() as work:
        factor = work.second_factors.lock(acme.tenant.id, acme.alice.id)
        assert factor
        work.second_factors.save(replace(factor, secret=type(factor.secret)("x" * 80)))
    acme.refused(send(acme.browser, acme.password(acme.browser), phone.code()), ReasonCode.MISCONFIGURED)
    page = acme.password(acme.browser)
    assert send(acme.browser, page, phone.recovery[0], recovery=True).status_code == 303
