"""Attempts that prove something open and change no session, and nobody makes one kind into another."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Role
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.traces.trace import LoginStopped
from tests.builders import callback_of, reference_in
from tests.threats.acme import LOGIN, Acme, session_cookie
from tests.threats.login.proving import NO_LOGIN, Prover

PROOFS = (Purpose.TEST, Purpose.PROVE)
SOMEBODY = {"email": "bob@acme.example", "name": "Bob", "preferred_username": "bob"}


@pytest.mark.parametrize("purpose", PROOFS)
@pytest.mark.parametrize("policy", [LoginPolicy.PASSWORD, LoginPolicy.SSO_OPTIONAL])
def test_a_proof_opens_no_session_and_leaves_the_one_there_is(
    acme: Acme, policy: LoginPolicy, purpose: Purpose
) -> None:
    prover = Prover.by_password(acme, policy)
    session, rows = prover.signed_in(), acme.rows()
    shown = prover.attempt(purpose)
    assert shown.status_code == 200
    assert session_cookie(shown) is None
    now = prover.signed_in()
    assert session
    assert now
    assert now.session == session.session
    after = acme.rows()
    grown = {table for table, count in after.items() if count != rows[table]}
    assert grown == {"burned_attempts", "traces"}
    assert prover.account().last_sso_at is not None
    assert prover.connection().tested


def test_the_admin_of_a_tenant_with_sso_only_tests_without_a_new_session(acme: Acme) -> None:
    prover = Prover.by_sso(acme, LoginPolicy.SSO_ONLY)
    shown = prover.attempt(Purpose.TEST)
    assert (shown.status_code, session_cookie(shown)) == (200, None)


def test_a_tenant_with_passwords_tests_its_provider_before_it_switches(acme: Acme) -> None:
    prover = Prover.by_password(acme, LoginPolicy.PASSWORD)
    assert not prover.connection().tested
    shown = prover.attempt(Purpose.TEST)
    page = shown.get_data(as_text=True)
    assert "email_verified" in page
    assert "alice" in page
    assert prover.connection().tested
    trace = prover.world.trace(shown)
    assert trace["outcome"] == "signed_in"
    assert trace["details"] == {**trace["details"], "purpose": "test", "candidates": 1, "own_account": True}  # type: ignore[dict-item]  # JSON
    assert "no session was opened" in str(trace["summary"])
    acme.refused(acme.world.client().get(LOGIN), ReasonCode.SSO_NOT_ALLOWED)


def test_a_test_as_somebody_else_counts_but_proves_nothing_of_the_admin(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    acme.world.account(acme.tenant, "bob", email=SOMEBODY["email"])
    acme.idp.person("bob", **SOMEBODY)
    shown = prover.attempt(Purpose.TEST)
    assert shown.status_code == 200
    assert "Your own account is not one of them" in shown.get_data(as_text=True)
    assert prover.connection().tested
    assert prover.account().last_sso_at is None


def test_settings_that_were_changed_meanwhile_are_not_tested(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    callback = prover.begin(Purpose.TEST)
    assert prover.end(callback).status_code == 200
    acme.world.save(replace(prover.connection(), provider=replace(acme.main.provider, email_trust="always")))
    assert not prover.connection().tested


def test_a_proof_as_somebody_else_is_refused_and_says_so(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    acme.world.account(acme.tenant, "bob", email=SOMEBODY["email"])
    acme.idp.person("bob", **SOMEBODY)
    refused = prover.attempt(Purpose.PROVE)
    trace = prover.refused(refused, ReasonCode.ANOTHER_ACCOUNT)
    assert trace["details"] == {**trace["details"], "purpose": "prove", "own_account": False}  # type: ignore[dict-item]  # JSON
    assert prover.account().last_sso_at is None
    assert not prover.connection().tested
    assert acme.opened() == "alice"


def test_a_failing_test_tells_its_admin_everything_and_others_nothing(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    acme.idp.person("nobody", email="nobody@acme.example")
    refused = prover.attempt(Purpose.TEST)
    prover.refused(refused, ReasonCode.NO_ACCOUNT)
    assert "What went wrong" in refused.get_data(as_text=True)
    callback = prover.begin(Purpose.TEST)
    acme.world.save(replace(acme.alice, roles=(Role.AGENT,)))
    refused = prover.end(callback)
    prover.refused(refused, ReasonCode.SESSION_CHANGED)
    assert "What went wrong" not in refused.get_data(as_text=True)


def test_only_an_admin_tests_and_only_while_being_one(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    callback = prover.begin(Purpose.TEST)
    acme.world.save(replace(acme.alice, roles=(Role.AGENT, Role.SUPERVISOR)))
    prover.refused(prover.end(callback), ReasonCode.SESSION_CHANGED)
    with pytest.raises(LoginStopped, match="session_changed"):
        prover.begin(Purpose.TEST)
    assert not prover.connection().tested


def test_the_admin_of_one_tenant_does_not_test_the_connection_of_another(acme: Acme) -> None:
    prover = Prover.by_password(acme)
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "gina", password="the password of gina", roles=[Role.TENANT_ADMIN])
    browser = acme.world.client()
    acme.password(browser, username="gina", password="the password of gina", tenant="globex")
    assert acme.opened(browser) == "gina"
    for purpose in PROOFS:
        with pytest.raises(LoginStopped, match="session_changed"):
            prover.begin(purpose, browser=browser)


@pytest.mark.parametrize("purpose", [Purpose.TEST, Purpose.PROVE, Purpose.REAUTH])
def test_nobody_begins_a_proof_without_the_session_that_it_needs(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.by_sso(acme) if purpose is Purpose.PROVE else Prover.by_password(acme)
    browser = acme.world.client() if purpose is Purpose.TEST else acme.browser
    with pytest.raises(LoginStopped, match="session_changed"):
        prover.begin(purpose, browser=browser)


@pytest.mark.parametrize("query", ["purpose=test", "purpose=prove", "purpose=reauth&session=x"])
def test_nothing_in_an_address_makes_a_login_anything_else(acme: Acme, query: str) -> None:
    Prover.by_password(acme)
    acme.browser.get("/account")
    opened = acme.world.sign_in(acme.browser, acme.idp, path=f"{LOGIN}?{query}")
    assert opened.status_code == 303
    assert session_cookie(opened)


@pytest.mark.parametrize("purpose", PROOFS)
def test_a_proof_and_a_login_do_not_change_places(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.by_password(acme)
    proof, login = prover.begin(purpose), callback_of(acme.browser, acme.idp)
    kept = {cookie.key: cookie.value for cookie in (acme.browser._cookies or {}).values() if "login_" in cookie.key}
    (first, one), (second, other) = kept.items()
    acme.browser.set_cookie(first, other)
    acme.browser.set_cookie(second, one)
    for callback in (proof, login):
        acme.refused(acme.browser.get(callback), ReasonCode.ATTEMPT_UNKNOWN)


@pytest.mark.parametrize("purpose", NO_LOGIN)
def test_another_browser_does_not_end_what_this_one_began(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.for_purpose(acme, purpose)
    callback = prover.begin(purpose)
    client_prefix = acme.world.client()
    for cookie in (acme.browser._cookies or {}).values():
        if "login_" in cookie.key:
            client_prefix.set_cookie(cookie.key, cookie.value)
    prover.refused(prover.end(callback, client_prefix), ReasonCode.SESSION_CHANGED)
    acme.world.account(acme.tenant, "bob", password="the password of bob")
    acme.password(client_prefix, username="bob", password="the password of bob")
    refused = prover.end(callback, client_prefix)
    assert refused.status_code >= 400
    assert acme.opened(client_prefix) == "bob"
    assert acme.idp.calls.count("token") == (1 if purpose is Purpose.REAUTH else 0)


@pytest.mark.parametrize("purpose", NO_LOGIN)
def test_whoever_signed_out_meanwhile_proves_nothing(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.for_purpose(acme, purpose)
    callback, signed_in = prover.begin(purpose), prover.signed_in()
    assert signed_in
    acme.world.bridge.sessions.end(signed_in.session.id)
    before = acme.idp.calls.count("token")
    prover.refused(prover.end(callback), ReasonCode.SESSION_CHANGED)
    assert acme.idp.calls.count("token") == before


@pytest.mark.parametrize("purpose", NO_LOGIN)
@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("account", ReasonCode.SESSION_CHANGED),
        ("connection", ReasonCode.CONNECTION_DISABLED),
        ("tenant", ReasonCode.TENANT_DISABLED),
    ],
)
def test_what_is_switched_off_meanwhile_proves_nothing(
    acme: Acme, purpose: Purpose, what: str, code: ReasonCode
) -> None:
    prover = Prover.for_purpose(acme, purpose)
    callback = prover.begin(purpose)
    acme.switch_off(what)
    prover.refused(prover.end(callback), code)


@pytest.mark.parametrize("purpose", NO_LOGIN)
def test_a_network_that_is_not_allowed_proves_nothing(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.for_purpose(acme, purpose)
    callback = prover.begin(purpose)
    acme.world.save(replace(acme.tenant, security=SecurityPolicy(networks=("10.0.0.0/8",))))
    prover.refused(prover.end(callback), ReasonCode.NETWORK_NOT_ALLOWED)


@pytest.mark.parametrize("purpose", NO_LOGIN)
def test_what_has_been_proven_is_not_proven_again(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.for_purpose(acme, purpose)
    callback = prover.begin(purpose)
    kept = {cookie.key: cookie.value for cookie in (acme.browser._cookies or {}).values()}
    assert prover.end(callback).status_code < 400
    for name, value in kept.items():
        acme.browser.set_cookie(name, value)
    again = prover.end(callback)
    prover.refused(again, ReasonCode.ATTEMPT_USED)
    assert reference_in(again)


@pytest.mark.parametrize("purpose", PROOFS)
def test_e6_j_a_proof_begun_with_a_password_ends_with_the_switch(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.by_password(acme)
    callback = prover.begin(purpose)
    prover.switch(LoginPolicy.SSO_ONLY)
    prover.refused(prover.end(callback), ReasonCode.SESSION_CHANGED)
    assert acme.opened() is None
    prover.switch(LoginPolicy.SSO_OPTIONAL)
    prover.refused(prover.end(callback), ReasonCode.ATTEMPT_USED)


@pytest.mark.parametrize("purpose", [Purpose.TEST, Purpose.REAUTH])
def test_e6_j_what_an_sso_session_began_outlives_the_switch(acme: Acme, purpose: Purpose) -> None:
    prover = Prover.by_sso(acme)
    callback = prover.begin(purpose)
    prover.switch(LoginPolicy.SSO_ONLY)
    assert prover.end(callback).status_code < 400
    assert acme.opened() == "alice"
