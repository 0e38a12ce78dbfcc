"""Who is signed in at the provider as the wrong person gets out of there, at providers as they really are."""

import re
from html import unescape

import pytest

from tests.builders import World
from tests.fake_idp import FakeProvider, changed, without
from tests.integration.desk import Desk

BUTTON = re.compile(r'href="([^"]+)"[^>]*>\s*Sign in as someone else')


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> Desk:
    """A stranger is signed in at the provider."""
    desk = Desk.furnished(world, idp)
    idp.person("stranger", email="stranger@acme.example")
    idp.signed_in = "stranger"
    return desk


def address_of_the_button(desk: Desk) -> str:
    page = desk.sign_in()
    assert page.status_code == 403
    found = BUTTON.search(page.get_data(as_text=True))
    assert found
    return unescape(found[1])


def sign_in_as_somebody_else(desk: Desk) -> str:
    """What the provider is asked; Alice signs in where it lets her."""
    path = address_of_the_button(desk)
    desk.idp.signed_in = "alice"
    desk.idp.forget_requests()
    desk.world.sign_in(desk.browser, desk.idp, path=path)
    return desk.idp.requests("authorize")[-1].query["prompt"]


@pytest.mark.parametrize("named", [None, ["none", "login", "consent"]])
def test_a_provider_without_select_account_asks_for_a_login_in_its_place(desk: Desk, named: list[str] | None) -> None:
    desk.idp.on.discovery(changed(prompt_values_supported=named))
    assert sign_in_as_somebody_else(desk) == "login"
    assert desk.world.session(desk.browser) is not None


def test_a_provider_that_sends_no_auth_time_lets_somebody_else_in_all_the_same(desk: Desk) -> None:
    desk.idp.on.id_token(without("auth_time"))
    assert sign_in_as_somebody_else(desk) == "login"
    assert desk.world.session(desk.browser) is not None


def test_a_provider_that_can_show_a_list_of_accounts_does(desk: Desk) -> None:
    desk.idp.on.discovery(changed(prompt_values_supported=["none", "login", "select_account"]))
    assert sign_in_as_somebody_else(desk) == "select_account"
    assert desk.world.session(desk.browser) is not None
