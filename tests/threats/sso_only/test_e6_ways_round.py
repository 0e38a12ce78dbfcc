"""Ways round "SSO only" that other products left open, each before and after the switch (docs/security.md, E6).

The letters are those of that list; b, c, d and j, which need a link or a second factor, are in test_e6_half_done.py.
"""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import STAFF, Status
from app.factory import create_app
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand, SwitchRefused
from app.wiring import build
from tests.builders import QuickHasher, World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.threats.acme import ALICE, PASSWORD, Acme, session_cookie

FORM = "/t/acme/login"
SPELLINGS = (
    "ALICE",
    "alice ",
    "alice+x",
    "alice@acme.example",
    "Alice@ACME.example",
    "ａlice",
    "al\u200bice",
    "alice\u0000",
)


def switch(acme: Acme, policy: LoginPolicy = LoginPolicy.SSO_ONLY, *, slug: str = "acme") -> None:
    acme.world.bridge.enforcement.switch(
        SwitchCommand(slug, policy, by=Actor("staff/sam", reason="ticket 4711"), accepted=EVERY_BLOCKER)
    )


def form(acme: Acme, **changes: str) -> dict[str, str]:
    """A password form that was opened while passwords were allowed."""
    return {**hidden_fields(acme.browser.get(FORM)), "username": "alice", "password": PASSWORD, **changes}


def test_e6_a_the_form_that_is_hidden_is_posted_all_the_same(acme: Acme) -> None:
    kept = form(acme)
    assert acme.browser.post(FORM, data=kept).status_code == 303
    kept = form(acme)
    switch(acme)
    acme.refused(acme.browser.post(FORM, data=kept), ReasonCode.PASSWORD_NOT_ALLOWED)
    acme.refused(acme.browser.post(f"{FORM}?password=Y", data=kept), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_e6_e_sessions_in_all_browsers_end_and_none_is_remembered(acme: Acme) -> None:
    browsers = [acme.world.client() for _ in range(3)]
    for browser in browsers:
        acme.password(browser)
        assert acme.opened(browser) == "alice"
    switch(acme)
    assert [acme.opened(browser) for browser in browsers] == [None] * 3
    for browser in browsers:
        browser.set_cookie("remember_token", f"{acme.alice.id}|{'0' * 128}")
        assert browser.get("/account").status_code == 303
    switch(acme, LoginPolicy.SSO_OPTIONAL)
    assert [acme.opened(browser) for browser in browsers] == [None] * 3


def test_e6_f_no_address_takes_a_username_and_a_password_but_the_form(acme: Acme) -> None:
    """Old and mobile endpoints, API logins, the password grant: there are none, whatever the policy."""
    asked = {"grant_type": "password", "username": "alice", "password": PASSWORD, "tenant": "acme"}
    routes = [rule for rule in acme.world.app.url_map.iter_rules() if rule.rule != "/t/<tenant>/login"]
    for policy in (LoginPolicy.SSO_OPTIONAL, LoginPolicy.SSO_ONLY):
        switch(acme, policy)
        for rule in routes:
            path = rule.build(dict.fromkeys(rule.arguments, "acme"), append_unknown=False)
            address = path[1] if path else rule.rule
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                browser = acme.world.client()
                answer = browser.open(address, method=method, data=asked, auth=("alice", PASSWORD))
                assert session_cookie(answer) is None, (policy, method, address)
                assert acme.opened(browser) is None, (policy, method, address)


def test_e6_g_a_session_of_another_tenant_changes_to_no_account_here(acme: Acme) -> None:
    loose = acme.world.tenant("loose")
    acme.world.account(loose, "alice", email=ALICE, password=PASSWORD)
    for policy in (LoginPolicy.SSO_OPTIONAL, LoginPolicy.SSO_ONLY):
        switch(acme, policy)
        assert acme.password(acme.browser, tenant="loose").status_code == 303
        page = acme.browser.get("/account")
        answer = acme.browser.post("/accounts/choose", data={**hidden_fields(page), "account": acme.alice.id})
        assert session_cookie(answer) is None
        said: Any = acme.world.session(acme.browser)
        assert said["tenant"] == "loose"


def test_e6_h_no_spelling_of_a_name_or_an_address_leads_past_the_switch(acme: Acme) -> None:
    switch(acme)
    for spelling in SPELLINGS:
        answer = acme.browser.post(FORM, data=form(acme, username=spelling))
        acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)
    for query in ("ALICE+x@ACME.EXAMPLE", "acme", " ACME "):
        found = acme.browser.get("/", query_string={"q": query}, follow_redirects=True).get_data(as_text=True)
        assert 'type="password"' not in found


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.TENANT_ADMIN])
def test_e6_i_no_role_is_an_exception(acme: Acme, role: Role) -> None:
    acme.world.account(acme.tenant, "boss", password=PASSWORD, roles=(role,))
    assert acme.password(acme.browser, username="boss").status_code == 303
    switch(acme)
    assert acme.opened() is None
    acme.refused(acme.browser.post(FORM, data=form(acme, username="boss")), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_e6_k_staff_are_held_to_the_policy_of_their_own_tenant(acme: Acme) -> None:
    staff = acme.world.tenant(STAFF)
    acme.world.account(staff, "sam", password=PASSWORD, roles=(Role.SUPPORT,))
    assert acme.password(acme.browser, username="sam", tenant=STAFF).status_code == 303
    assert acme.browser.get("/support/").status_code == 200
    switch(acme, slug=STAFF)
    assert acme.browser.get("/support/").status_code == 303, "to the login"
    page = hidden_fields(acme.browser.get(FORM))
    answer = acme.browser.post("/t/staff/login", data={**page, "username": "sam", "password": PASSWORD})
    acme.refused(answer, ReasonCode.PASSWORD_NOT_ALLOWED)


def test_e6_k_a_session_of_staff_is_nobody_in_a_tenant(acme: Acme) -> None:
    staff = acme.world.tenant(STAFF)
    acme.world.account(staff, "sam", email=ALICE, password=PASSWORD, roles=(Role.OPERATOR,))
    acme.password(acme.browser, username="sam", tenant=STAFF)
    for policy in (LoginPolicy.SSO_OPTIONAL, LoginPolicy.SSO_ONLY):
        switch(acme, policy)
        page = acme.browser.get("/account")
        answer = acme.browser.post("/accounts/choose", data={**hidden_fields(page), "account": acme.alice.id})
        assert session_cookie(answer) is None


def test_e6_l_another_connection_opens_nothing_once_it_is_disabled(acme: Acme, rival: FakeProvider) -> None:
    spare = acme.world.connection(acme.tenant, rival, name="spare")
    rival.person("alice", email=ALICE, email_verified=False)
    rival.signed_in = "alice"
    switch(acme)
    answer = acme.world.sign_in(acme.browser, rival, path="/t/acme/oauth/login?connection=spare")
    acme.refused(answer, ReasonCode.EMAIL_UNVERIFIED)
    rival.person("alice", email=ALICE, email_verified=True)
    out = acme.browser.get("/t/acme/oauth/login?connection=spare").headers["Location"]
    acme.world.save(replace(spare, status=Status.DISABLED))
    there = rival.authorize(out).callback_url
    acme.refused(acme.browser.get(there), ReasonCode.CONNECTION_DISABLED)


def test_e6_m_there_and_back_revives_nothing(acme: Acme) -> None:
    acme.password(acme.browser)
    switch(acme)
    switch(acme, LoginPolicy.SSO_OPTIONAL)
    assert acme.opened() is None
    assert acme.password(acme.browser).status_code == 303, "a new login is welcome"


def test_e6_m_another_worker_knows_of_the_switch_at_once(acme: Acme) -> None:
    settings = acme.world.bridge.settings
    there = build(settings, clock=acme.world.clock, hasher=QuickHasher())
    elsewhere = World(bridge=there, app=create_app(settings, bridge=there), clock=acme.world.clock)
    browser = elsewhere.client()
    acme.password(browser)
    kept = {**hidden_fields(browser.get(FORM)), "username": "alice", "password": PASSWORD}
    assert acme.opened(browser) == "alice"
    switch(acme)
    assert elsewhere.session(browser) is None
    assert browser.post(FORM, data=kept).status_code == 403
    elsewhere.close()


def test_e6_n_there_is_no_door_of_last_resort_and_so_the_switch_looks_first(acme: Acme) -> None:
    acme.world.account(acme.tenant, "ada", email="ada@acme.example", roles=(Role.TENANT_ADMIN,), password=PASSWORD)
    acme.sign_in(acme.world.client())
    with pytest.raises(SwitchRefused):
        acme.world.bridge.enforcement.switch(
            SwitchCommand("acme", LoginPolicy.SSO_ONLY, by=Actor("staff/sam", reason="asked"))
        )
    assert acme.password(acme.browser, username="ada").status_code == 303, "nothing was changed"
    acme.idp.person("ada", email="ada@acme.example")
    acme.idp.signed_in = "ada"
    acme.sign_in(acme.world.client())
    acme.world.bridge.enforcement.switch(
        SwitchCommand("acme", LoginPolicy.SSO_ONLY, by=Actor("staff/sam", reason="asked"))
    )
    acme.refused(acme.browser.post(FORM, data=form(acme, username="ada")), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_e6_o_a_provider_that_is_away_brings_no_password_back(acme: Acme) -> None:
    kept = form(acme)
    switch(acme)
    acme.idp.stop()
    acme.refused(acme.browser.get("/t/acme/oauth/login"), ReasonCode.PROVIDER_UNREACHABLE)
    assert 'type="password"' not in acme.browser.get(FORM).get_data(as_text=True)
    acme.refused(acme.browser.post(FORM, data=kept), ReasonCode.PASSWORD_NOT_ALLOWED)


def test_e6_p_what_was_read_before_the_switch_decides_nothing(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy is read again where the session is written: no copy, however old, has a say."""
    hasher = acme.world.bridge.hasher
    verify = hasher.verify

    def meanwhile(password: str, stored: str | None) -> bool:
        switch(acme)
        return verify(password, stored)

    monkeypatch.setattr(hasher, "verify", meanwhile)
    acme.refused(acme.password(acme.browser), ReasonCode.PASSWORD_NOT_ALLOWED)
    assert acme.opened() is None


@pytest.mark.parametrize(
    "path",
    ["/t/acme/login/", "/t/ACME/login", "//t/acme/login", "/t/./acme/login", "/t/acme/login;x", "/t/acme/login%2f"],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "GET"])
def test_e6_q_no_other_spelling_of_the_request_is_a_way_in(acme: Acme, path: str, method: str) -> None:
    kept = form(acme)
    for policy in (LoginPolicy.SSO_OPTIONAL, LoginPolicy.SSO_ONLY):
        switch(acme, policy)
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            answer = acme.browser.open(path, method=method, data=kept, content_type=kind)
            assert session_cookie(answer) is None, (policy, kind)
    assert acme.opened() is None
