"""What a signed-in person does with their second factor, what support does, and what nobody else can do."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import AccountId
from app.domain.audit.audit import Actor, AuditEntry
from app.domain.errors import NotFound
from app.domain.reasons import ReasonCode
from app.domain.sessions.session import FRESH_S
from app.domain.sessions.visitor import Visitor
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import OF_STAFF, USUAL_THROTTLING
from app.domain.traces.trace import LoginStopped
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import hidden_fields
from tests.threats.acme import ALICE, PASSWORD, Acme
from tests.threats.passwords.mailed import mails
from tests.threats.passwords.phone import STEP_S, Phone, send

OWN = "/account/second-factor"


@pytest.fixture
def phone(acme: Acme) -> Phone:
    """Alice's; she is signed in with it."""
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    send(acme.browser, acme.password(acme.browser), phone.code())
    acme.world.clock.forward(STEP_S)
    return phone


def do(browser: FlaskClient, what: str, code: str, **changes: str) -> TestResponse:
    """Press a button of the page."""
    fields = hidden_fields(browser.get(OWN))
    return browser.post(OWN, data={**fields, "do": what, "code": code, **changes})


def codes_in(page: TestResponse) -> tuple[str, ...]:
    return tuple(part.partition("<")[0] for part in page.get_data(as_text=True).split("<li><code>")[1:])


def new_phone(acme: Acme) -> tuple[Phone, dict[str, str]]:
    """What the page offers to set up, and its form."""
    page = acme.browser.get(OWN)
    secret = page.get_data(as_text=True).partition('data-secret="')[2].partition('"')[0]
    return Phone(acme.world, secret), hidden_fields(page)


def audited(acme: Acme) -> list[AuditEntry]:
    with acme.world.bridge.database.read() as work:
        return [entry for entry in work.audit.of_tenant(acme.tenant.id) if entry.action.startswith("second_factor")]


def remove(acme: Acme) -> None:
    acme.world.bridge.second_factors.remove(
        acme.tenant.id, acme.alice.id, by=Actor("staff/sam", "192.0.2.9", "phone lost, called back")
    )


def factor_of(acme: Acme) -> object:
    return acme.world.bridge.second_factors.of(acme.tenant.id, acme.alice.id)


def test_the_person_hears_of_every_change_by_mail(acme: Acme, phone: Phone) -> None:
    do(acme.browser, "renew", phone.code())
    acme.world.clock.forward(STEP_S)
    remove(acme)
    removed, renewed, enrolled = mails(acme.world)
    assert {mail.to for mail in (removed, renewed, enrolled)} == {ALICE}
    assert "was removed on" in removed.body
    assert "by support" in removed.body
    assert "192.0.2.9" not in removed.body, "where support sits is nobody else's business"
    assert "New recovery codes were generated" in renewed.body
    assert "127.0.0.1" in renewed.body
    assert "was set up" in enrolled.body
    assert all("If this was not you" in mail.body for mail in (removed, renewed, enrolled))


def test_somebody_sets_one_up_for_themselves(acme: Acme) -> None:
    acme.password(acme.browser)
    new, fields = new_phone(acme)
    refused = acme.browser.post(OWN, data={**fields, "code": new.wrong()})
    assert refused.status_code == 401
    assert new.secret in refused.get_data(as_text=True), "a mistyped code does not mean another scan"
    done = acme.browser.post(OWN, data={**hidden_fields(refused), "code": new.code()})
    assert len(codes_in(done)) == 10
    assert "data-secret" not in acme.browser.get(OWN).get_data(as_text=True)
    other = acme.world.client()
    assert send(other, acme.password(other), codes_in(done)[0], recovery=True).status_code == 303


def test_whoever_finds_a_desk_unattended_sets_up_nothing(acme: Acme) -> None:
    acme.password(acme.browser)
    new, fields = new_phone(acme)
    acme.world.clock.forward(FRESH_S)
    for answer in (acme.browser.get(OWN), acme.browser.post(OWN, data={**fields, "code": new.code()})):
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/account/confirm?next=")
    assert factor_of(acme) is None


def test_a_secret_that_was_offered_to_one_session_is_not_set_up_by_another(acme: Acme) -> None:
    acme.password(acme.browser)
    new, fields = new_phone(acme)
    acme.world.account(acme.tenant, "bob", password=PASSWORD)
    other = acme.world.client()
    acme.password(other, username="bob")
    answer = do(other, "set_up", new.code(), ticket=fields["ticket"])
    acme.refused(answer, ReasonCode.SESSION_CHANGED)
    for ticket in ("", "x"):
        acme.refused(do(acme.browser, "set_up", new.code(), ticket=ticket), ReasonCode.SESSION_CHANGED)
    assert factor_of(acme) is None


def test_a_second_one_does_not_take_the_place_of_the_first(acme: Acme) -> None:
    acme.password(acme.browser)
    (first, first_form), (second, second_form) = new_phone(acme), new_phone(acme)
    assert acme.browser.post(OWN, data={**first_form, "code": first.code()}).status_code == 200
    acme.refused(acme.browser.post(OWN, data={**second_form, "code": second.code()}), ReasonCode.ATTEMPT_USED)


def test_new_recovery_codes_end_the_old_ones(acme: Acme, phone: Phone) -> None:
    assert do(acme.browser, "renew", phone.wrong()).status_code == 401
    fresh = codes_in(do(acme.browser, "renew", phone.code()))
    assert len(fresh) == 10
    assert not set(fresh) & set(phone.recovery)
    other = acme.world.client()
    acme.refused(send(other, acme.password(other), phone.recovery[0], recovery=True), ReasonCode.WRONG_CODE)
    assert send(other, acme.password(other), fresh[0], recovery=True).status_code == 303


def test_it_is_given_up_with_a_fresh_code_only(acme: Acme, phone: Phone) -> None:
    code = phone.code()
    assert do(acme.browser, "remove", phone.wrong()).status_code == 401
    assert do(acme.browser, "remove", phone.code(later=-1)).status_code == 401, "used at the login"
    assert factor_of(acme) is not None
    assert do(acme.browser, "remove", code).status_code == 303
    assert factor_of(acme) is None
    other = acme.world.client()
    assert acme.password(other).status_code == 303


def test_where_it_is_demanded_nobody_gives_it_up(acme: Acme, phone: Phone) -> None:
    acme.world.save(replace(acme.tenant, security=OF_STAFF))
    page = acme.browser.get(OWN).get_data(as_text=True)
    assert 'value="renew"' in page
    assert 'value="remove"' not in page
    assert do(acme.browser, "remove", phone.code()).status_code == 303
    assert factor_of(acme) is not None


def test_guesses_count_whichever_form_takes_them(acme: Acme, phone: Phone) -> None:
    for _ in range(USUAL_THROTTLING.failures):
        assert do(acme.browser, "remove", phone.wrong()).status_code == 401
    answer = do(acme.browser, "remove", phone.code())
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    other = acme.world.client()
    acme.refused(send(other, acme.password(other), phone.code()), ReasonCode.THROTTLED)


def test_a_form_of_another_site_changes_nothing(acme: Acme, phone: Phone) -> None:
    for token in ("", "x"):
        acme.refused(do(acme.browser, "remove", phone.code(), csrf_token=token), ReasonCode.CSRF)
    assert factor_of(acme) is not None


def test_a_session_of_the_provider_has_no_hand_in_it(acme: Acme, phone: Phone) -> None:
    browser = acme.world.client()
    acme.sign_in(browser)
    page = browser.get(OWN)
    assert page.status_code == 200
    assert "<form" not in page.get_data(as_text=True)
    token = hidden_fields(browser.get("/account"))["csrf_token"]
    for what in ("renew", "remove"):
        answer = browser.post(OWN, data={"csrf_token": token, "do": what, "code": phone.code()})
        acme.refused(answer, ReasonCode.SESSION_CHANGED)
    assert factor_of(acme) is not None


def test_in_a_tenant_on_sso_only_it_is_said_to_be_unused(acme: Acme, phone: Phone) -> None:
    acme.sign_in()
    acme.world.bridge.enforcement.switch(
        SwitchCommand("acme", LoginPolicy.SSO_ONLY, by=Actor("s/s", reason="r"), accepted=EVERY_BLOCKER)
    )
    assert "Not used here" in acme.browser.get(OWN).get_data(as_text=True)
    assert phone.secret


def test_nobody_sees_it_who_is_not_signed_in(acme: Acme) -> None:
    answer = acme.world.client().get(OWN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    acme.refused(acme.world.client().post(OWN, data={"do": "remove"}), ReasonCode.CSRF)


def test_support_removes_it_once_and_says_why(acme: Acme, phone: Phone) -> None:
    remove(acme)
    assert factor_of(acme) is None
    with pytest.raises(NotFound):
        remove(acme)
    with pytest.raises(NotFound):
        acme.world.bridge.second_factors.remove(
            acme.tenant.id, AccountId("nobody"), by=Actor("staff/sam", "192.0.2.9", "?")
        )
    entry = audited(acme)[-1]
    assert (entry.action, entry.actor, entry.subject) == ("second_factor.removed", "staff/sam", "acme/alice")
    assert (entry.address, entry.reason) == ("192.0.2.9", "phone lost, called back")
    assert phone.secret


def test_each_change_is_audited_once_and_holds_no_secret(acme: Acme, phone: Phone) -> None:
    codes = codes_in(do(acme.browser, "renew", phone.code()))
    acme.world.clock.forward(STEP_S)
    do(acme.browser, "remove", phone.code())
    entries = audited(acme)
    assert [entry.action for entry in entries] == [
        "second_factor.enrolled",
        "second_factor.codes_renewed",
        "second_factor.removed",
    ]
    assert {(entry.actor, entry.subject) for entry in entries} == {("acme/alice", "acme/alice")}
    assert not any(secret in str(entries) for secret in (phone.secret, *phone.recovery, *codes))


def test_a_person_is_confirmed_by_password_and_code(acme: Acme, phone: Phone) -> None:
    passwords = acme.world.bridge.passwords
    signed_in = acme.world.bridge.sessions.check(acme.browser.get_cookie("sso_session").value)  # type: ignore[union-attr]  # it has one
    assert signed_in
    visitor = Visitor("192.0.2.1", browser="")
    for password, code, reason in (
        ("wrong", phone.code(), ReasonCode.WRONG_PASSWORD),
        (PASSWORD, "", ReasonCode.WRONG_CODE),
        (PASSWORD, phone.wrong(), ReasonCode.WRONG_CODE),
    ):
        with pytest.raises(LoginStopped) as stopped:
            passwords.confirm(signed_in, visitor, password=password, code=code)
        assert stopped.value.code is reason
    passwords.confirm(signed_in, visitor, password=PASSWORD, code=phone.code())
    with pytest.raises(LoginStopped):
        passwords.confirm(signed_in, visitor, password=PASSWORD, code=phone.code())
    passwords.confirm(signed_in, visitor, password=PASSWORD, code=None)
