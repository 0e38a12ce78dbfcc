"""What one tenant's provider says opens nothing of another tenant, and an address alone opens nothing at all.

docs/security.md, gates 10 to 12, 15, and E1: Sentry CVE-2025-22146 and its two sisters, nOAuth, re-registered domains.
"""

from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection, MatchBy
from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Status, Tenant
from tests.builders import choose, offered_accounts
from tests.fake_idp import FakeProvider, changed, without
from tests.threats.acme import ALICE, Acme

EVIL_LOGIN = "/t/evil/oauth/login"


@dataclass
class Attack:
    """The tenant `evil` with a provider that says whatever the attacker likes."""

    acme: Acme
    rival: FakeProvider
    tenant: Tenant
    mallory: Account
    connection: Connection

    def sign_in(self, browser: FlaskClient) -> object:
        return self.acme.world.sign_in(browser, self.rival, path=EVIL_LOGIN)


@pytest.fixture
def attack(acme: Acme, rival: FakeProvider) -> Attack:
    tenant = acme.world.tenant("evil")
    return Attack(
        acme=acme,
        rival=rival,
        tenant=tenant,
        mallory=acme.world.account(tenant, "mallory", email="mallory@evil.example"),
        connection=acme.world.connection(tenant, rival, name="evil-main"),
    )


def test_a_provider_that_asserts_another_tenants_email_opens_nothing(attack: Attack) -> None:
    attack.rival.person("x", email=ALICE)
    browser = attack.acme.world.client()
    answer = attack.acme.world.sign_in(browser, attack.rival, path=EVIL_LOGIN)
    trace = attack.acme.refused(answer, ReasonCode.NO_ACCOUNT)
    assert (trace["tenant"], trace["connection"]) == ("evil", "evil-main")
    assert attack.acme.opened(browser) is None


def test_a_provider_that_asserts_another_tenants_subject_opens_its_own_account_at_most(attack: Attack) -> None:
    attack.acme.sign_in()
    attack.rival.person("alice", email="mallory@evil.example")
    browser = attack.acme.world.client()
    attack.acme.world.sign_in(browser, attack.rival, path=EVIL_LOGIN)
    session = attack.acme.world.session(browser)
    assert session
    assert session["tenant"] == "evil"
    assert session["account"] == {**session["account"], "username": "mallory"}  # type: ignore[dict-item]  # JSON


def test_a_second_connection_starts_its_own_identities(acme: Acme, rival: FakeProvider) -> None:
    acme.sign_in()
    acme.world.connection(acme.tenant, rival, name="spare")
    rival.person("alice", email="bob@acme.example")
    acme.world.account(acme.tenant, "bob", email="bob@acme.example")
    browser = acme.world.client()
    acme.world.sign_in(browser, rival, path="/t/acme/oauth/login?connection=spare")
    assert acme.opened(browser) == "bob"


def test_the_same_email_in_two_tenants_opens_the_one_that_was_asked_for(attack: Attack) -> None:
    attack.acme.world.account(attack.tenant, "alice-there", email=ALICE)
    attack.acme.sign_in()
    assert attack.acme.opened() == "alice"
    attack.rival.person("x", email=ALICE)
    browser = attack.acme.world.client()
    attack.acme.world.sign_in(browser, attack.rival, path=EVIL_LOGIN)
    assert attack.acme.opened(browser) == "alice-there"


def test_a_chooser_offers_accounts_of_its_own_tenant_only(attack: Attack) -> None:
    second = attack.acme.world.account(attack.acme.tenant, "alice-lead", email=ALICE)
    attack.acme.world.account(attack.tenant, "alice-there", email=ALICE)
    page = attack.acme.sign_in()
    assert set(offered_accounts(page)) == {attack.acme.alice.id, second.id}


def test_an_account_of_another_tenant_cannot_be_chosen(attack: Attack) -> None:
    attack.acme.world.account(attack.acme.tenant, "alice-lead", email=ALICE)
    there = attack.acme.world.account(attack.tenant, "alice-there", email=ALICE)
    page = attack.acme.sign_in()
    attack.acme.refused(choose(attack.acme.browser, page, there.id), ReasonCode.CHOICE_REFUSED)
    assert attack.acme.opened() is None


def test_a_session_cannot_change_to_an_account_of_another_tenant(attack: Attack) -> None:
    attack.acme.world.account(attack.tenant, "alice-there", email=ALICE)
    attack.acme.sign_in()
    assert attack.acme.browser.get("/accounts/choose").headers["Location"] == "/account"


def test_a_tenants_address_does_not_lead_to_another_tenants_connection(attack: Attack) -> None:
    assert attack.acme.browser.get("/t/acme/oauth/login?connection=evil-main").status_code == 404
    assert attack.acme.browser.get(f"/t/acme/oauth/login?connection={attack.connection.id}").status_code == 404


def test_a_session_of_one_tenant_does_not_pass_for_another(attack: Attack) -> None:
    attack.acme.sign_in()
    assert attack.acme.browser.get("/forward-auth?tenant=acme").status_code == 200
    assert attack.acme.browser.get("/forward-auth?tenant=evil").status_code == 403


def test_a_password_of_one_tenant_opens_nothing_in_another(attack: Attack) -> None:
    attack.acme.world.account(attack.tenant, "alice", password="another password")
    browser = attack.acme.world.client()
    answer = attack.acme.password(browser, tenant="evil")
    attack.acme.refused(answer, ReasonCode.WRONG_PASSWORD)


@pytest.mark.parametrize("verified", [True, "true"])
def test_an_email_counts_when_the_provider_says_that_it_is_verified(acme: Acme, verified: bool | str) -> None:  # noqa: FBT001 - a column of the table
    acme.idp.person("alice", email=ALICE, email_verified=verified)
    assert acme.sign_in().status_code == 303


@pytest.mark.parametrize("verified", [None, False, "false", "", "True", "TRUE", "yes", "1", 1, 0, 1.0, [], [True], {}])
def test_an_email_that_is_not_surely_verified_opens_nothing(steady: Acme, verified: object) -> None:
    said = without("email_verified") if verified is None else changed(email_verified=verified)
    steady.idp.on.id_token(said)
    steady.idp.on.userinfo(said)
    trace = steady.refused(steady.sign_in(), ReasonCode.EMAIL_UNVERIFIED)
    assert trace["details"]["domain"] == "acme.example"
    assert ALICE not in str(trace)


def test_without_an_email_nobody_is_looked_for(steady: Acme) -> None:
    steady.idp.person("alice", preferred_username="alice")
    steady.refused(steady.sign_in(), ReasonCode.EMAIL_MISSING)


def test_an_email_outside_the_tenants_domains_opens_nothing(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, email_domains=("acme.example",)))
    acme.world.account(acme.tenant, "contractor", email="carol@contractor.example")
    acme.idp.person("carol", email="carol@contractor.example")
    trace = acme.refused(acme.sign_in(), ReasonCode.EMAIL_OUTSIDE_DOMAINS)
    assert trace["details"]["domain"] == "contractor.example"


def test_a_username_that_looks_like_an_email_is_not_matched_by_email(acme: Acme) -> None:
    acme.world.account(acme.tenant, "boss@acme.example")
    acme.idp.person("x", email="boss@acme.example")
    acme.refused(acme.sign_in(), ReasonCode.NO_ACCOUNT)


@pytest.mark.parametrize("value", [None, "", [], {}, True, 1.5, "a\nb", "x" * 256])
def test_a_username_that_is_none_opens_nothing(steady: Acme, value: object) -> None:
    by_username = replace(steady.main.provider, match_by=MatchBy.USERNAME)
    steady.world.save(replace(steady.main, provider=by_username))
    steady.idp.person("alice", preferred_username=value)
    code = ReasonCode.CLAIM_MISSING if value in (None, "") else ReasonCode.CLAIM_INVALID
    steady.refused(steady.sign_in(), code)


def test_an_address_that_changed_hands_is_held_and_stays_held(acme: Acme) -> None:
    acme.sign_in()
    acme.idp.person("successor", email=ALICE)
    browser = acme.world.client()
    for _ in range(2):
        acme.refused(acme.sign_in(browser), ReasonCode.HELD_NEW_SUBJECT)
    assert acme.opened(browser) is None
    assert len(acme.world.bridge.held.waiting("acme")[1]) == 1
    acme.idp.signed_in = "alice"
    assert acme.sign_in(acme.world.client()).status_code == 303


def test_a_person_who_takes_anothers_address_is_held(acme: Acme) -> None:
    acme.world.account(acme.tenant, "boss", email="boss@acme.example")
    acme.sign_in()
    acme.idp.person("alice", email="boss@acme.example")
    acme.refused(acme.sign_in(acme.world.client()), ReasonCode.HELD_EMAIL_MOVED)


def test_a_held_login_that_was_refused_stays_refused(acme: Acme) -> None:
    acme.sign_in()
    acme.idp.person("successor", email=ALICE)
    acme.sign_in(acme.world.client())
    (held,) = acme.world.bridge.held.waiting("acme")[1]
    acme.world.bridge.held.refuse(held.id, by=Actor("it", reason="not her"))
    acme.refused(acme.sign_in(acme.world.client()), ReasonCode.HELD_NEW_SUBJECT)


def test_a_held_login_that_was_accepted_shuts_the_former_holder_out(acme: Acme) -> None:
    acme.sign_in()
    acme.idp.person("successor", email=ALICE)
    acme.sign_in(acme.world.client())
    (held,) = acme.world.bridge.held.waiting("acme")[1]
    acme.world.bridge.held.accept(held.id, by=Actor("it", reason="made anew at the provider"))
    assert acme.opened() is None
    browser = acme.world.client()
    assert acme.sign_in(browser).status_code == 303
    assert acme.opened(browser) == "alice"
    acme.idp.signed_in = "alice"
    acme.refused(acme.sign_in(acme.world.client()), ReasonCode.HELD_NEW_SUBJECT)


def test_a_disabled_account_opens_nothing_and_frees_nothing(acme: Acme) -> None:
    acme.sign_in()
    acme.world.save(replace(acme.alice, status=Status.DISABLED))
    assert acme.opened() is None
    acme.refused(acme.sign_in(acme.world.client()), ReasonCode.ACCOUNT_DISABLED)


@pytest.mark.parametrize("what", ["account", "connection", "tenant"])
def test_what_was_switched_off_while_a_person_was_at_the_provider_lets_nobody_in(acme: Acme, what: str) -> None:
    there = acme.callback()
    acme.idp.forget_requests()
    acme.switch_off(what)
    acme.refused(acme.browser.get(there), ReasonCode[f"{what.upper()}_DISABLED"])
    assert what == "account" or acme.idp.calls == []


@pytest.mark.parametrize("known", [True, False], ids=["with an email", "without"])
@pytest.mark.parametrize("what", ["connection", "tenant"])
def test_what_was_switched_off_while_the_provider_answered_lets_nobody_in(
    acme: Acme, what: str, *, known: bool
) -> None:
    """And that is what is said: nobody is sent to their provider for an email that would not help."""
    if not known:
        acme.idp.person("alice", preferred_username="alice")
    there = acme.callback()

    def switch_off(answer: dict[str, object]) -> dict[str, object]:
        acme.switch_off(what)
        return answer

    acme.idp.on.token_response(switch_off)
    acme.refused(acme.browser.get(there), ReasonCode[f"{what.upper()}_DISABLED"])


def test_a_disabled_connection_begins_no_login(acme: Acme) -> None:
    acme.world.save(replace(acme.main, status=Status.DISABLED))
    for path in ("/t/acme/oauth/login", "/t/acme/oauth/login?connection=main"):
        acme.refused(acme.browser.get(path), ReasonCode.CONNECTION_DISABLED)
    assert acme.idp.calls == []


def test_a_disabled_tenant_begins_no_login_by_any_way(acme: Acme) -> None:
    acme.world.save(replace(acme.tenant, status=Status.DISABLED))
    acme.refused(acme.browser.get("/t/acme/oauth/login"), ReasonCode.TENANT_DISABLED)
    acme.refused(acme.password(acme.browser), ReasonCode.TENANT_DISABLED)
    assert acme.idp.calls == []


def test_a_moved_provider_opens_the_same_accounts_under_new_identities(acme: Acme, rival: FakeProvider) -> None:
    acme.sign_in()
    moved = replace(acme.main.provider, issuer=rival.issuer)
    acme.world.save(replace(acme.main, provider=moved))
    rival.person("another-subject", email=ALICE)
    browser = acme.world.client()
    acme.world.sign_in(browser, rival)
    assert acme.opened(browser) == "alice"
