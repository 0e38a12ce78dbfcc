"""What a review with fresh eyes found, one test for each: nobody gets back what it took."""

from dataclasses import replace
from typing import Any

import pytest

from app.adapters.provider.id_token import OLDEST_S
from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.services.sso_only.enforcement import SwitchRefused
from app.services.throttling import throttle
from tests.builders import choose
from tests.fake_idp import changed
from tests.threats.acme import ALICE, PASSWORD, Acme
from tests.threats.throttling.test_throttling import GUESSES, guess

ELSEWHERE = "198.51.100.1"


# One stranger keeps nobody else out


def test_one_address_does_not_lock_a_name_for_all_others(acme: Acme) -> None:
    for _ in range(110):
        guess(acme)
    assert guess(acme, password=PASSWORD, client_ip=ELSEWHERE).status_code == 303


def test_one_address_does_not_lock_a_whole_tenant(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "TENANT_MOST", 1000)
    for number in range(1010):
        guess(acme, username=f"name-{number}")
    assert guess(acme, password=PASSWORD, client_ip=ELSEWHERE).status_code == 303


def test_names_that_are_not_looked_at_any_more_fill_no_counters(acme: Acme) -> None:
    for number in range(100):
        guess(acme, username=f"name-{number}")
    before = acme.rows()["counters"]
    for number in range(100, 120):
        guess(acme, username=f"name-{number}")
    assert acme.rows()["counters"] == before


def test_the_many_addresses_of_one_ipv6_network_are_one_stranger(acme: Acme) -> None:
    for number in range(GUESSES):
        guess(acme, client_ip=f"2001:db8:1:2::{number:x}")
    acme.refused(guess(acme, password=PASSWORD, client_ip="2001:db8:1:2:ffff::1"), ReasonCode.THROTTLED)
    assert guess(acme, password=PASSWORD, client_ip="2001:db8:1:3::1").status_code == 303


def test_an_ipv4_address_written_as_ipv6_is_no_second_address(acme: Acme) -> None:
    for _ in range(GUESSES):
        guess(acme, client_ip="203.0.113.7")
    acme.refused(guess(acme, password=PASSWORD, client_ip="::ffff:203.0.113.7"), ReasonCode.THROTTLED)


# Whom the provider has signed out is signed out


def by_object_id(acme: Acme) -> None:
    """As at Entra with `oid`: the subjects of this connection are not what tokens call `sub`."""
    acme.world.save(replace(acme.main, provider=replace(acme.main.provider, subject_claim="oid")))
    acme.idp.person("alice", email=ALICE, oid="object-1")
    acme.sign_in()
    assert acme.opened() == "alice"


def told(acme: Acme, **claims: Any) -> int:
    """What the provider's notice that alice has signed out there is answered."""
    token = acme.idp.logout_token(**claims)
    return acme.world.client().post(f"/backchannel-logout/{acme.main.id}", data={"logout_token": token}).status_code


def test_a_logout_at_the_provider_counts_where_subjects_come_from_another_claim(acme: Acme) -> None:
    by_object_id(acme)
    assert told(acme) == 200
    assert acme.opened() is None


def test_a_logout_of_somebody_elses_object_id_ends_nothing(acme: Acme) -> None:
    by_object_id(acme)
    assert told(acme, oid="object-2") == 200
    assert acme.opened() == "alice"


def test_a_logout_that_names_nobody_known_here_is_not_said_to_have_worked(acme: Acme) -> None:
    by_object_id(acme)
    assert told(acme, sid=None) == 400


def test_a_logout_token_without_an_end_is_not_remembered_for_ever(acme: Acme) -> None:
    acme.sign_in()
    assert told(acme, exp=90_000_000_000) == 200
    with acme.world.bridge.database.engine.connect() as connection:
        until = connection.exec_driver_sql("SELECT max(expires_at) FROM burned_attempts").scalar_one()
    assert until < acme.world.clock.now() + 2 * OLDEST_S


# An address that went to somebody else


def test_whose_accounts_were_given_to_another_subject_gets_none_that_is_made_since(acme: Acme) -> None:
    acme.sign_in()
    acme.idp.person("successor", email=ALICE)
    acme.sign_in(acme.world.client())
    (held,) = acme.world.bridge.held.waiting("acme")[1]
    acme.world.bridge.held.accept(held.id, actor="it", reason="the address is hers now")
    acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    acme.idp.signed_in = "alice"
    browser = acme.world.client()
    acme.refused(acme.sign_in(browser), ReasonCode.HELD_NEW_SUBJECT)
    assert acme.opened(browser) is None


# A choice that was open while the connection was changed


def test_a_choice_does_not_outlive_the_settings_that_it_was_checked_with(acme: Acme) -> None:
    acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    page = acme.sign_in()
    narrower = replace(acme.main.provider, required_claims={"tid": "the right directory"})
    acme.world.save(replace(acme.main, provider=narrower))
    acme.refused(choose(acme.browser, page, acme.alice.id), ReasonCode.CHOICE_REFUSED)
    assert acme.opened() is None


def test_a_choice_does_not_pass_for_a_test_of_settings_that_nobody_came_through(acme: Acme) -> None:
    acme.world.account(acme.tenant, "alice-lead", email=ALICE)
    page = acme.sign_in()
    acme.world.save(replace(acme.main, provider=replace(acme.main.provider, client_id="a mistake")))
    choose(acme.browser, page, acme.alice.id)
    with pytest.raises(SwitchRefused):
        acme.world.bridge.enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor="sam@staff", reason="ticket 4711")


# What a provider writes does not reach further than it should


@pytest.mark.parametrize("host", ["idp.example;sandbox", "idp.example,default-src", "*", "idp.example'", "a%3bsandbox"])
def test_no_address_of_a_provider_gets_into_the_policy_of_a_page(acme: Acme, host: str) -> None:
    acme.idp.on.discovery(changed(end_session_endpoint=f"https://{host}/logout"))
    acme.sign_in()
    policy = acme.browser.get("/account").headers["Content-Security-Policy"]
    assert policy.endswith("form-action 'self'")


@pytest.mark.parametrize("auth_time", [-99_999_999_999, -62_135_596_801, -1, 0, 99_999_999_999])
def test_no_time_of_a_sign_in_breaks_a_page(acme: Acme, auth_time: int) -> None:
    acme.idp.on.id_token(changed(auth_time=auth_time))
    assert acme.sign_in().status_code == 303
    assert acme.browser.get("/account").status_code == 200
    session: Any = acme.world.session(acme.browser)
    assert 0 <= session["auth_time"] <= acme.world.clock.now()
