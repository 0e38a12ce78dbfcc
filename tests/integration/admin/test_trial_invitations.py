"""Before the switch, an admin asks her people to try SSO."""

import pytest

from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy
from app.services.sso_only import trial_invitations
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.integration.admin.office import Office

INVITE = "/admin/readiness/invite"


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Office:
    office = Office(world, idp, policy=LoginPolicy.SSO_OPTIONAL)
    for username in ("bob", "eve"):
        office.person(username, Role.AGENT)
    world.account(office.tenant, "bob2", email="bob@acme.example")
    world.account(office.tenant, "desk")
    return office


def send(office: Office) -> int:
    answer = office.browser.post(INVITE, data=hidden_fields(office.browser.get(INVITE)))
    return answer.status_code


def recipients(office: Office) -> list[str]:
    with office.world.bridge.database.read() as work:
        return sorted(message.to for message in work.outbox.newest(most=99))


def test_each_address_gets_one_mail_and_whoever_has_tried_gets_none(office: Office) -> None:
    office.idp.person("eve", email="eve@acme.example")
    assert office.world.sign_in(office.world.client(), office.idp).status_code == 303
    assert "3 people have accounts" in office.read(INVITE)
    assert send(office) == 303
    assert recipients(office) == ["ada@acme.example", "bob@acme.example"]
    assert "Ask people to try SSO" in office.read("/admin/readiness")


def test_nobody_is_asked_again_within_seven_days(office: Office) -> None:
    assert send(office) == 303
    asked = recipients(office)
    assert "You can ask again from" in office.read(INVITE)
    token = hidden_fields(office.browser.get("/admin/people/new"))["csrf_token"]
    assert office.browser.post(INVITE, data={"csrf_token": token}).status_code == 409
    assert recipients(office) == asked
    office.world.clock.forward(trial_invitations.PAUSE_S + 1)
    office.browser = office.signed_in("ada")
    assert send(office) == 303


def test_without_sso_nobody_is_asked_to_try_it(world: World, idp: FakeProvider) -> None:
    office = Office(world, idp)
    office.person("bob", Role.AGENT)
    assert send(office) == 409
    assert recipients(office) == []
