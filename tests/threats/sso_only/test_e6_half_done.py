"""The ways round "SSO only" that begin before the switch and end after it: links and half-finished logins.

Letters b, c, d, j and half of m of the list in docs/security.md, E6; the others are in test_e6_ways_round.py.
"""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.audit.audit import Actor
from app.domain.passwords.password_link import LinkKind
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import hidden_fields
from tests.threats.acme import PASSWORD, Acme, session_cookie
from tests.threats.passwords.mailed import NEW, ask, form_of, mails, newest_link, open_link, send
from tests.threats.passwords.phone import Phone
from tests.threats.passwords.phone import send as type_code

AFTER = [
    pytest.param((LoginPolicy.SSO_ONLY,), id="after the switch"),
    pytest.param((LoginPolicy.SSO_ONLY, LoginPolicy.SSO_OPTIONAL), id="and after the way back"),
]
PAGE = "/t/acme/password/new"


def switch(acme: Acme, *policies: LoginPolicy) -> None:
    for policy in policies:
        acme.world.bridge.enforcement.switch(
            SwitchCommand("acme", policy, by=Actor("staff/sam", reason="ticket 4711"), accepted=EVERY_BLOCKER)
        )


def refusal(policies: tuple[LoginPolicy, ...], otherwise: ReasonCode) -> ReasonCode:
    """Where passwords are off, everybody reads the same."""
    return ReasonCode.PASSWORD_NOT_ALLOWED if policies[-1] is LoginPolicy.SSO_ONLY else otherwise


def stored(acme: Acme) -> str | None:
    with acme.world.bridge.database.read() as work:
        return work.accounts.password_hash(acme.tenant.id, acme.alice.id)


@pytest.mark.parametrize("policies", AFTER)
def test_e6_b_a_reset_link_from_before_the_switch_sets_nothing(acme: Acme, policies: tuple[LoginPolicy, ...]) -> None:
    ask(acme.browser, "alice")
    link = newest_link(acme.world)
    form = form_of(acme.browser, link)
    before = stored(acme)
    switch(acme, *policies)
    acme.refused(acme.browser.post(PAGE, data=form), refusal(policies, ReasonCode.LINK_REFUSED))
    acme.refused(open_link(acme.world.client(), link), refusal(policies, ReasonCode.LINK_REFUSED))
    assert stored(acme) == before


def test_e6_b_nobody_gets_a_reset_after_the_switch_by_asking_or_from_support(acme: Acme) -> None:
    form = {**hidden_fields(acme.browser.get("/t/acme/password/forgot")), "username": "alice"}
    switch(acme, LoginPolicy.SSO_ONLY)
    acme.refused(acme.browser.post("/t/acme/password/forgot", data=form), ReasonCode.PASSWORD_NOT_ALLOWED)
    acme.refused(acme.browser.get("/t/acme/password/forgot"), ReasonCode.PASSWORD_NOT_ALLOWED)
    with pytest.raises(Exception, match="password_not_allowed"):
        send(acme.world, acme.alice)
    assert mails(acme.world) == []


@pytest.mark.parametrize("by", ["password", "sso"])
def test_e6_c_nobody_who_is_signed_in_sets_a_password_after_the_switch(acme: Acme, by: str) -> None:
    _ = acme.password(acme.browser) if by == "password" else acme.sign_in()
    page = acme.browser.get("/account/password")
    assert page.status_code == 200
    form = {**hidden_fields(page), "current": PASSWORD, "new": NEW, "again": NEW}
    before = stored(acme)
    switch(acme, LoginPolicy.SSO_ONLY)
    answer = acme.browser.post("/account/password", data=form)
    assert session_cookie(answer) is None
    if by == "sso":
        acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)
    assert stored(acme) == before


@pytest.mark.parametrize("policies", AFTER)
def test_e6_d_an_invitation_from_before_the_switch_sets_nothing(acme: Acme, policies: tuple[LoginPolicy, ...]) -> None:
    newcomer = acme.world.account(acme.tenant, "newcomer", email="new@acme.example")
    link = send(acme.world, newcomer, LinkKind.INVITATION)
    form = form_of(acme.browser, link)
    switch(acme, *policies)
    acme.refused(acme.browser.post(PAGE, data=form), refusal(policies, ReasonCode.LINK_REFUSED))
    with acme.world.bridge.database.read() as work:
        assert work.accounts.password_hash(acme.tenant.id, newcomer.id) is None
    opened = acme.world.client().get(link, follow_redirects=True)
    if policies[-1] is LoginPolicy.SSO_ONLY:
        assert "OAuth Login" in opened.text, "it leads to the way in that there is"
    assert 'name="new"' not in opened.text


def test_e6_d_an_invitation_after_the_switch_carries_no_credential(acme: Acme) -> None:
    newcomer = acme.world.account(acme.tenant, "newcomer", email="new@acme.example")
    switch(acme, LoginPolicy.SSO_ONLY)
    acme.world.bridge.password_links.send(
        acme.tenant.id, newcomer.id, LinkKind.INVITATION, by=Actor("staff/sam", "192.0.2.7", "new")
    )
    (mail,) = mails(acme.world)
    assert "link=" not in mail.body
    assert "/t/acme/login" in mail.body


def pending_mfa(acme: Acme) -> tuple[Phone, TestResponse]:
    """Alice has given her password, and is asked for a code."""
    phone = Phone.of(acme.world, acme.tenant, acme.alice)
    shown = acme.password(acme.browser)
    assert shown.status_code == 200
    return phone, shown


@pytest.mark.parametrize("policies", AFTER)
def test_e6_j_a_login_that_waits_for_its_code_is_over_with_the_switch(
    acme: Acme, policies: tuple[LoginPolicy, ...]
) -> None:
    phone, shown = pending_mfa(acme)
    switch(acme, *policies)
    for code, recovery in ((phone.code(), False), (phone.recovery[0], True)):
        answer = type_code(acme.browser, shown, code, recovery=recovery)
        acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)
    assert acme.opened() is None


def test_e6_j_a_second_tab_does_not_finish_what_the_first_one_has_finished(acme: Acme) -> None:
    phone, shown = pending_mfa(acme)
    assert type_code(acme.browser, shown, phone.code()).status_code == 303
    acme.world.clock.forward(30)
    thief = acme.world.client()
    acme.refused(type_code(acme.browser, shown, phone.code()), ReasonCode.ATTEMPT_USED)
    assert acme.opened(thief) is None


def test_e6_j_a_form_from_before_the_switch_posted_after_it_is_refused_in_every_tab(acme: Acme) -> None:
    tabs: list[Any] = [{**hidden_fields(acme.browser.get("/t/acme/login")), "username": "alice"} for _ in range(2)]
    switch(acme, LoginPolicy.SSO_ONLY)
    for tab in tabs:
        answer = acme.browser.post("/t/acme/login", data={**tab, "password": PASSWORD})
        acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)
    there = acme.callback()
    assert acme.browser.get(there).status_code == 303, "the provider's way goes on"


def test_e6_m_what_was_made_before_a_backup_was_restored_stays_dead_after_the_next_switch(acme: Acme) -> None:
    """The restored tenant counts on from where the backup was taken, and would come by the same numbers again."""
    with acme.world.bridge.database.read() as work:
        backup = work.tenants.get(acme.tenant.id)
    assert backup is not None
    switch(acme, LoginPolicy.SSO_ONLY, LoginPolicy.SSO_OPTIONAL)
    newcomer = acme.world.account(acme.tenant, "newcomer", email="new@acme.example")
    link = send(acme.world, newcomer, LinkKind.INVITATION)
    acme.world.save(backup)
    acme.world.clock.forward(3600)
    switch(acme, LoginPolicy.SSO_ONLY, LoginPolicy.SSO_OPTIONAL)
    acme.refused(open_link(acme.browser, link), ReasonCode.LINK_REFUSED)
