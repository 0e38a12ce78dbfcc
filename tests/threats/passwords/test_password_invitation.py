"""An invitation: the first password of an account, by mail. Under `sso_only` it sets nothing at all."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Account
from app.domain.errors import InvalidInput
from app.domain.passwords.password_link import LinkKind
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from tests.builders import hidden_fields
from tests.threats.acme import Acme, cookies, session_cookie
from tests.threats.passwords.mailed import NEW, form_of, mails, open_link, send, use

PAGE = "/t/acme/password/new"


@pytest.fixture
def bob(acme: Acme) -> Account:
    """New here: no password yet."""
    return acme.world.account(acme.tenant, "bob", email="bob@acme.example")


def switch(acme: Acme, policy: LoginPolicy = LoginPolicy.SSO_ONLY) -> None:
    acme.world.bridge.enforcement.switch("acme", policy, actor="staff/sam", reason="asked", override=True)


def invite(acme: Acme, account: Account) -> None:
    acme.world.bridge.password_links.send(
        acme.tenant.id, account.id, LinkKind.INVITATION, actor="staff/sam", client_ip="192.0.2.1", reason="new here"
    )


def test_the_first_password_is_chosen_by_the_person(acme: Acme, bob: Account) -> None:
    link = send(acme.world, bob, LinkKind.INVITATION)
    mail = mails(acme.world)[0]
    assert mail.to == "bob@acme.example"
    assert all(words in mail.body for words in ("Bob", "Acme", "bob", "seven days", "/t/acme/login"))
    assert "Welcome" in open_link(acme.browser, link).text
    done = use(acme.browser, link)
    assert session_cookie(done) is None
    assert acme.password(acme.browser, username="bob", password=NEW).status_code == 303


def test_it_is_good_once(acme: Acme, bob: Account) -> None:
    first, second = (send(acme.world, bob, LinkKind.INVITATION) for _ in range(2))
    form = form_of(acme.browser, first)
    assert acme.browser.post(PAGE, data=form).status_code == 303
    acme.refused(acme.browser.post(PAGE, data=form), ReasonCode.LINK_REFUSED)
    acme.refused(open_link(acme.browser, second), ReasonCode.LINK_REFUSED)


def test_who_has_a_password_is_not_invited_and_who_has_none_is_not_reset(acme: Acme, bob: Account) -> None:
    for account, kind in ((acme.alice, LinkKind.INVITATION), (bob, LinkKind.RESET)):
        with pytest.raises(InvalidInput):
            send(acme.world, account, kind)
    assert mails(acme.world) == []


def test_under_sso_only_the_mail_leads_to_oauth_login_and_carries_nothing(acme: Acme, bob: Account) -> None:
    switch(acme)
    invite(acme, bob)
    mail = mails(acme.world)[0]
    assert mail.links == []
    assert "OAuth Login" in mail.body
    assert mail.body.count("http") == mail.body.count("/t/acme/login\n") == 1


def test_an_invitation_from_before_the_switch_leads_to_oauth_login(acme: Acme, bob: Account) -> None:
    link = send(acme.world, bob, LinkKind.INVITATION)
    form = form_of(acme.browser, link)
    switch(acme)
    browser = acme.world.client()
    assert browser.get(link).headers["Location"] == PAGE
    assert browser.get(PAGE).headers["Location"] == "/t/acme/login"
    page = browser.get("/t/acme/login").text
    assert "/t/acme/oauth/login" in page
    assert 'type="password"' not in page
    assert "sso_session" not in cookies(browser)
    acme.refused(acme.browser.post(PAGE, data=form), ReasonCode.PASSWORD_NOT_ALLOWED)
    switch(acme, LoginPolicy.SSO_OPTIONAL)
    acme.refused(acme.browser.post(PAGE, data=form), ReasonCode.LINK_REFUSED)
    acme.refused(open_link(acme.world.client(), link), ReasonCode.LINK_REFUSED)


def test_a_session_that_somebody_has_is_not_touched(acme: Acme, bob: Account) -> None:
    acme.sign_in()
    use(acme.browser, send(acme.world, bob, LinkKind.INVITATION))
    assert acme.opened() == "alice"


def test_an_invitation_to_staff_goes_the_same_way(acme: Acme) -> None:
    staff = acme.world.tenant("staff")
    sam = acme.world.account(staff, "sam", email="sam@vendor.example")
    link = send(acme.world, sam, LinkKind.INVITATION)
    assert link.startswith("/t/staff/password/new")
    assert use(acme.browser, link).status_code == 303
    acme.world.save(replace(staff, policy=LoginPolicy.SSO_ONLY))
    page = acme.browser.get("/t/staff/login")
    data = {**hidden_fields(page), "username": "sam", "password": NEW}
    acme.refused(acme.browser.post("/t/staff/login", data=data), ReasonCode.PASSWORD_NOT_ALLOWED)
