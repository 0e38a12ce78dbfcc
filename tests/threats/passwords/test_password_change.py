"""A new password for somebody who is signed in: only by who knows the present one, and nobody else stays signed in."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.services.passwords.password_changes import SAME
from tests.builders import hidden_fields, reference_in
from tests.threats.acme import ALICE, PASSWORD, Acme, cookies, session_cookie
from tests.threats.passwords.mailed import NEW, change, form_of, mails, open_link, send, use
from tests.threats.passwords.phone import Phone

PAGE = "/account/password"


@pytest.fixture
def alice(acme: Acme) -> FlaskClient:
    """Signed in with her password."""
    assert acme.password(acme.browser).status_code == 303
    return acme.browser


def lasting(acme: Acme, browser: FlaskClient) -> dict[str, object]:
    """What `/session` says, but for the end that moves with every request."""
    return {key: value for key, value in (acme.world.session(browser) or {}).items() if key != "expires_at"}


def test_who_knows_the_present_password_sets_another(acme: Acme, alice: FlaskClient) -> None:
    done = change(alice, PASSWORD)
    assert (done.status_code, done.headers["Location"]) == (303, f"{PAGE}?changed=1")
    assert "Password changed" in alice.get(done.headers["Location"]).text
    assert acme.opened() == "alice"
    acme.refused(acme.password(acme.world.client()), ReasonCode.WRONG_PASSWORD)
    assert acme.password(acme.world.client(), password=NEW).status_code == 303


def test_the_session_goes_on_under_a_new_id_and_the_others_end(acme: Acme, alice: FlaskClient) -> None:
    elsewhere, by_sso, stolen = acme.world.client(), acme.world.client(), acme.world.client()
    acme.password(elsewhere)
    acme.sign_in(by_sso)
    stolen.set_cookie("sso_session", cookies(alice)["sso_session"])
    before = lasting(acme, alice)
    assert acme.opened(stolen) == "alice"
    change(alice, PASSWORD)
    assert acme.opened(stolen) is None
    assert acme.opened(elsewhere) is None
    assert acme.opened(by_sso) == "alice"
    assert lasting(acme, alice) == before, "neither a new login nor a longer one"


def test_the_person_is_told_and_one_entry_is_recorded(acme: Acme, alice: FlaskClient) -> None:
    acme.password(acme.world.client())
    before = acme.rows()["audit_entries"]
    change(alice, PASSWORD)
    (told,) = mails(acme.world)
    assert (told.to, told.links) == (ALICE, [])
    assert "127.0.0.1" in told.body
    assert acme.rows()["audit_entries"] == before + 1
    with acme.world.bridge.database.read() as work:
        entry = work.audit.of_tenant(acme.tenant.id)[-1]
    assert (entry.action, entry.actor, dict(entry.after)) == (
        "account.password",
        "acme/alice",
        {"by": "the person", "sessions_ended": 1},
    )


def test_a_wrong_present_password_changes_nothing(acme: Acme, alice: FlaskClient) -> None:
    answer = change(alice, "not hers")
    assert answer.status_code == 401
    assert acme.world.trace(answer)["reason"] == ReasonCode.WRONG_PASSWORD
    assert "Wrong current password" in answer.text
    assert acme.opened() == "alice"
    assert acme.password(acme.world.client()).status_code == 303


def test_it_is_no_way_to_guess_faster_than_at_the_login(acme: Acme, alice: FlaskClient) -> None:
    for _ in range(10):
        assert change(alice, "a guess").status_code == 401
    answer = change(alice, PASSWORD)
    assert acme.world.trace(answer)["reason"] == ReasonCode.THROTTLED
    assert answer.headers["Retry-After"]
    acme.refused(acme.password(alice), ReasonCode.THROTTLED)


def test_who_has_a_second_factor_is_asked_for_it(acme: Acme, alice: FlaskClient) -> None:
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    assert "Second-factor code" in alice.get(PAGE).text
    for code in ("", phone.wrong()):
        answer = change(alice, PASSWORD, code=code)
        assert acme.world.trace(answer)["reason"] == ReasonCode.WRONG_CODE
    assert change(alice, PASSWORD, code=phone.code()).status_code == 303


def test_the_same_password_is_no_new_one(acme: Acme, alice: FlaskClient) -> None:
    answer = change(alice, PASSWORD, PASSWORD)
    assert (answer.status_code, SAME in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": ""}, "Enter your current password."),
        ({"new": ""}, "Enter a new password."),
        ({"again": "another"}, "Enter both again."),
        ({"new": "short", "again": "short"}, "Password is too short."),
        ({"new": "Alice2026!!", "again": "Alice2026!!"}, "This password is too close to your name"),
    ],
)
def test_what_is_wrong_is_said_beside_the_form(
    acme: Acme, alice: FlaskClient, fields: dict[str, str], said: str
) -> None:
    page = alice.get(PAGE)
    data = {**hidden_fields(page), "current": PASSWORD, "new": NEW, "again": NEW, **fields}
    answer = alice.post(PAGE, data=data)
    assert answer.status_code == 400
    assert said in answer.text
    assert acme.password(acme.world.client()).status_code == 303


def test_no_page_repeats_what_was_typed(alice: FlaskClient) -> None:
    answer = change(alice, "not hers at all", "a new one that is fine")
    assert "not hers at all" not in answer.text
    assert "a new one that is fine" not in answer.text


def test_an_account_without_a_password_gets_none_here(acme: Acme) -> None:
    bob = acme.world.account(acme.tenant, "bob", email="bob@acme.example")
    acme.idp.person("bob", email=bob.email, email_verified=True)
    acme.idp.signed_in = "bob"
    acme.sign_in()
    assert PAGE not in acme.browser.get("/account").text
    token = hidden_fields(acme.browser.get("/account"))["csrf_token"]
    data = {"csrf_token": token, "current": "", "new": NEW, "again": NEW}
    for answer in (acme.browser.get(PAGE), acme.browser.post(PAGE, data=data)):
        assert answer.status_code == 403
        assert "This account has no password" in answer.text
    acme.refused(acme.password(acme.world.client(), username="bob", password=NEW), ReasonCode.WRONG_PASSWORD)


def test_somebody_who_came_by_the_provider_needs_the_present_password_too(acme: Acme) -> None:
    acme.sign_in()
    before = lasting(acme, acme.browser)
    assert acme.world.trace(change(acme.browser, "a guess"))["reason"] == ReasonCode.WRONG_PASSWORD
    assert change(acme.browser, PASSWORD).status_code == 303
    assert lasting(acme, acme.browser) == before


def test_a_form_that_another_site_posts_changes_nothing(acme: Acme, alice: FlaskClient) -> None:
    data = {"current": PASSWORD, "new": NEW, "again": NEW}
    other = acme.world.client()
    acme.password(other)
    for token in ("", "x", hidden_fields(other.get(PAGE))["csrf_token"]):
        answer = alice.post(PAGE, data={**data, "csrf_token": token})
        assert answer.status_code == 400
        assert acme.world.trace(answer)["method"] == "password"
    assert acme.world.client().get(PAGE).headers["Location"] == "/"
    assert acme.world.client().post(PAGE, data=data).status_code == 400
    assert acme.password(acme.world.client()).status_code == 303


def test_the_link_on_the_account_page_stands_where_there_is_something_to_change(acme: Acme, alice: FlaskClient) -> None:
    assert f'href="{PAGE}"' in alice.get("/account").text
    by_sso = acme.world.client()
    acme.sign_in(by_sso)
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.SSO_ONLY))
    assert f'href="{PAGE}"' not in by_sso.get("/account").text


def test_a_password_that_a_link_replaced_meanwhile_changes_nothing(
    acme: Acme, alice: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session is over by then as well; even one by SSO, which lives on, is worth nothing here."""
    hasher, link, by_sso, other = (
        acme.world.bridge.hasher,
        send(acme.world, acme.alice),
        acme.world.client(),
        acme.world.client(),
    )
    form = form_of(other, link)
    acme.sign_in(by_sso)
    hash_it = hasher.hash

    def meanwhile(password: str) -> str:
        monkeypatch.setattr(hasher, "hash", hash_it)
        assert other.post("/t/acme/password/new", data=form).status_code == 303
        return hash_it(password)

    monkeypatch.setattr(hasher, "hash", meanwhile)
    answer = change(by_sso, PASSWORD, "a third one altogether")
    assert acme.world.trace(answer)["reason"] == ReasonCode.SESSION_CHANGED
    assert acme.password(acme.world.client(), password=NEW).status_code == 303


def test_a_change_kills_the_links_that_were_sent_before(acme: Acme, alice: FlaskClient) -> None:
    link = send(acme.world, acme.alice)
    change(alice, PASSWORD)
    acme.refused(open_link(acme.world.client(), link), ReasonCode.LINK_REFUSED)


def test_a_change_makes_a_half_finished_login_worth_nothing(acme: Acme, alice: FlaskClient) -> None:
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    half = acme.world.client()
    asked = acme.password(half)
    assert change(alice, PASSWORD, code=phone.code()).status_code == 303
    acme.world.clock.forward(30)
    answer = half.post("/t/acme/login/code", data={**hidden_fields(asked), "code": phone.code()})
    acme.refused(answer, ReasonCode.WRONG_PASSWORD)


def test_a_new_password_does_not_go_round_the_second_factor(acme: Acme) -> None:
    Phone.of(acme.world, acme.tenant, acme.alice)
    use(acme.browser, send(acme.world, acme.alice))
    answer = acme.password(acme.browser, password=NEW)
    assert session_cookie(answer) is None
    assert "/login/code" in answer.text
    assert acme.opened() is None


def test_a_refusal_of_the_policy_looks_like_the_login_forms(acme: Acme) -> None:
    acme.sign_in()
    acme.world.save(replace(acme.tenant, policy=LoginPolicy.SSO_ONLY))
    answer = acme.browser.get(PAGE)
    acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)
    assert reference_in(answer)
