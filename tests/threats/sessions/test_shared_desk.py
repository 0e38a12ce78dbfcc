"""Several people at one machine: nobody finds the one before, here or at the provider (docs/rules.md, rule 19)."""

import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, Role
from app.domain.reasons import ReasonCode
from app.domain.tenants.security_policy import SecurityPolicy
from tests.builders import choose, hidden_fields, offered_accounts
from tests.fake_idp import changed, without
from tests.threats.acme import ALICE, LOGIN, Acme, parameters


@pytest.fixture
def desk(acme: Acme) -> Acme:
    """acme, whose people share their desks."""
    acme.idp.clock = acme.world.clock.now
    acme.tenant = replace(acme.tenant, security=SecurityPolicy(shared_desk=True))
    acme.world.save(acme.tenant)
    return acme


def asked(desk: Acme, query: str = "") -> dict[str, str]:
    """What a login asks the provider."""
    return parameters(desk.browser.get(f"{LOGIN}{query}").headers["Location"])


def log_out(desk: Acme) -> TestResponse:
    token = hidden_fields(desk.browser.get("/account"))["csrf_token"]
    return desk.browser.post("/logout", data={"csrf_token": token})


def second_account(desk: Acme, username: str) -> Account:
    return desk.world.account(desk.tenant, username, email=ALICE, roles=(Role.SUPERVISOR,))


def test_each_login_asks_the_provider_who_is_there_now(desk: Acme) -> None:
    assert asked(desk)["prompt"] == "login"
    assert asked(desk)["max_age"] == "60"
    assert desk.sign_in().status_code == 303
    first = desk.idp.sessions["alice"].auth_time
    desk.world.clock.forward(600)
    assert desk.sign_in().status_code == 303
    assert desk.idp.sessions["alice"].auth_time >= first + 600


@pytest.mark.parametrize("query", ["?prompt=none", "?max_age=86400", "?prompt=none&max_age=86400"])
def test_no_link_turns_that_off(desk: Acme, query: str) -> None:
    assert asked(desk, query)["prompt"] == "login"
    assert asked(desk, query)["max_age"] == "60"


def test_what_the_connection_asks_stays_asked(desk: Acme) -> None:
    desk.world.save(
        replace(desk.main, provider=replace(desk.main.provider, prompt="select_account", acr_values=("silver",)))
    )
    assert asked(desk)["prompt"] == "select_account login"
    assert asked(desk)["acr_values"] == "silver"


def test_the_person_before_who_is_still_signed_in_at_the_provider_opens_nothing(desk: Acme) -> None:
    desk.sign_in()
    log_out(desk)
    before = desk.idp.sessions["alice"].auth_time
    desk.world.clock.forward(600)
    desk.idp.on.id_token(changed(auth_time=before))
    desk.refused(desk.sign_in(), ReasonCode.CLAIM_INVALID)
    desk.idp.on.id_token(without("auth_time"))
    desk.refused(desk.sign_in(), ReasonCode.CLAIM_MISSING)


def test_the_chooser_marks_nothing_and_keeps_one_order(desk: Acme) -> None:
    lead, zoe = second_account(desk, "Alice.lead"), second_account(desk, "zoe")
    in_order = [desk.alice.id, lead.id, zoe.id]
    for chosen in (zoe, lead):
        chooser = desk.sign_in()
        assert offered_accounts(chooser) == in_order
        assert choose(desk.browser, chooser, chosen.id).status_code == 303
        desk.world.clock.forward(3600)
    shown = desk.sign_in().get_data(as_text=True)
    assert "Last" not in re.sub(r"<[^>]*>", " ", shown)


def test_changing_the_account_shows_no_past_either(desk: Acme) -> None:
    lead, zoe = second_account(desk, "Alice.lead"), second_account(desk, "zoe")
    for chosen in (zoe, lead, desk.alice):
        assert choose(desk.browser, desk.sign_in(), chosen.id).status_code == 303
        desk.world.clock.forward(3600)
    choose(desk.browser, desk.sign_in(), desk.alice.id)
    page = desk.browser.get("/account")
    assert offered_accounts(page) == [lead.id, zoe.id]
    assert "Last used" not in page.get_data(as_text=True)


def test_elsewhere_the_last_choice_is_remembered(acme: Acme) -> None:
    zoe = second_account(acme, "zoe")
    assert choose(acme.browser, acme.sign_in(), zoe.id).status_code == 303
    chooser = acme.sign_in()
    assert offered_accounts(chooser) == [zoe.id, acme.alice.id]
    assert "Last choice" in chooser.get_data(as_text=True)


def test_signing_out_ends_the_providers_session_whatever_the_connection_says(desk: Acme) -> None:
    desk.world.save(replace(desk.main, provider=replace(desk.main.provider, provider_logout=False)))
    desk.sign_in()
    assert log_out(desk).headers["Location"].startswith(f"{desk.idp.issuer}/end_session?")
    desk.tenant = replace(desk.tenant, security=SecurityPolicy())
    desk.world.save(desk.tenant)
    desk.sign_in()
    assert log_out(desk).headers["Location"] == "/logged-out?tenant=acme"


def test_a_provider_without_such_an_end_is_left_as_it_is(desk: Acme) -> None:
    desk.idp.on.discovery(without("end_session_endpoint"))
    desk.sign_in()
    assert log_out(desk).headers["Location"] == "/logged-out?tenant=acme"


def test_the_browser_is_asked_to_keep_no_name_and_no_password(desk: Acme) -> None:
    fields = re.findall(r'autocomplete="([^"]*)"', desk.browser.get("/t/acme/login").get_data(as_text=True))
    assert fields == ["off", "off"]
    desk.tenant = replace(desk.tenant, security=SecurityPolicy())
    desk.world.save(desk.tenant)
    fields = re.findall(r'autocomplete="([^"]*)"', desk.browser.get("/t/acme/login").get_data(as_text=True))
    assert fields == ["username", "current-password"]
