"""A provider's session at an unattended desk must not stand for its person (ASVS 5.0, 7.5.3)."""

import pytest

from app.domain.accounts.account import Role
from app.domain.sessions.session import FRESH_S
from app.domain.tenants.tenant import STAFF
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider, changed, without

SWITCH = "/support/tenants/acme/switch"
OBSERVE = f"{SWITCH}/observe"
SAM = "sam@vendor.example"


@pytest.fixture
def desk(world: World, idp: FakeProvider) -> World:
    """Sam supports acme, and signs in at the vendor's provider."""
    world.tenant("acme")
    staff = world.tenant(STAFF)
    world.account(staff, "sam", email=SAM, roles=(Role.SUPPORT,))
    world.connection(staff, idp)
    idp.person("sam", email=SAM)
    idp.signed_in = "sam"
    return world


def admitted(world: World, idp: FakeProvider) -> bool:
    """Whether a dangerous button works right after a login there."""
    browser = world.client()
    assert world.sign_in(browser, idp, path="/t/staff/oauth/login").status_code == 303
    token = hidden_fields(browser.get("/account"))["csrf_token"]
    answer = browser.post(OBSERVE, data={"csrf_token": token, "observe_reason": "ticket"})
    return "/account/confirm" not in answer.headers.get("Location", "")


def test_a_login_that_says_it_is_just_now_is_fresh(desk: World, idp: FakeProvider) -> None:
    assert admitted(desk, idp)


def test_a_provider_that_does_not_say_when_has_shown_nothing(desk: World, idp: FakeProvider) -> None:
    idp.on.id_token(without("auth_time"))
    assert not admitted(desk, idp)


def test_a_provider_that_knew_the_person_from_this_morning_has_shown_nothing(desk: World, idp: FakeProvider) -> None:
    idp.on.id_token(changed(auth_time=int(desk.clock.now()) - FRESH_S))
    assert not admitted(desk, idp)
