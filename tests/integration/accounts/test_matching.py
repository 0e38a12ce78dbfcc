"""Whom a login opens, end to end. The whole truth table is in tests/unit/domain."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.connections.connection import MatchBy
from app.domain.tenants.tenant import Status, Tenant
from tests.builders import World, choose, offered_accounts
from tests.fake_idp import FakeProvider, changed

ALICE = "alice@acme.example"


def opened(world: World, client: FlaskClient) -> str | None:
    """The username of who is signed in."""
    session: Any = world.session(client)
    return session["account"]["username"] if session else None


def refusal(world: World, answer: TestResponse) -> object:
    return world.trace(answer)["reason"]


@pytest.fixture
def acme(world: World) -> Tenant:
    return world.tenant("acme")


# By email


@pytest.mark.parametrize("written", ["ALICE@Acme.Example", "alice@ACME.EXAMPLE"])
def test_an_email_is_compared_without_regard_to_ascii_case(
    world: World, acme: Tenant, idp: FakeProvider, written: str
) -> None:
    world.account(acme, "alice", email="Alice@acme.example")
    world.connection(acme, idp)
    idp.person("alice", email=written)
    client = world.client()
    world.sign_in(client, idp)
    assert opened(world, client) == "alice"


@pytest.mark.parametrize(
    ("of_the_account", "of_the_provider"),
    [
        pytest.param("alice@acme.example", "alice+it@acme.example", id="a tag"),
        pytest.param("alice@acme.example", "alıce@acme.example", id="a dotless i"),
        pytest.param("kim@acme.example", "\u212aim@acme.example", id="the Kelvin sign"),
        pytest.param("alice@fass.example", "alice@faß.example", id="a sharp s"),
        pytest.param("alice@acme.example", "alice@acme.example.evil.example", id="a longer domain"),
        pytest.param("alice.agent@acme.example", "aliceagent@acme.example", id="without the dot"),
    ],
)
def test_an_address_that_only_looks_alike_is_nobodys(
    world: World, acme: Tenant, idp: FakeProvider, of_the_account: str, of_the_provider: str
) -> None:
    world.account(acme, "alice", email=of_the_account)
    world.connection(acme, idp)
    idp.person("alice", email=of_the_provider)
    client = world.client()
    assert refusal(world, world.sign_in(client, idp)) == "no_account"
    assert opened(world, client) is None


@pytest.mark.parametrize("said", [False, "false", "yes", 1, None, [True]])
def test_an_email_that_is_not_verified_opens_nothing(
    world: World, acme: Tenant, idp: FakeProvider, said: object
) -> None:
    world.account(acme, "alice", email=ALICE)
    world.connection(acme, idp)
    idp.on.id_token(changed(email_verified=said))
    idp.on.userinfo(changed(email_verified=said))
    client = world.client()
    assert refusal(world, world.sign_in(client, idp)) == "email_unverified"
    assert opened(world, client) is None


def test_a_provider_whose_emails_are_trusted_always_need_not_call_them_verified(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    world.account(acme, "alice", email=ALICE)
    world.connection(acme, idp, email_trust="always")
    idp.person("alice", email=ALICE, email_verified=None)
    client = world.client()
    world.sign_in(client, idp)
    assert opened(world, client) == "alice"
    assert "userinfo" not in idp.calls


def test_only_the_domains_of_the_tenant_are_matched(world: World, idp: FakeProvider) -> None:
    acme = world.tenant("acme", email_domains=("acme.example", "xn--mller-kva.example"))
    world.account(acme, "alice", email=ALICE)
    world.account(acme, "mia", email="mia@müller.example")
    world.account(acme, "guest", email="guest@gmail.example")
    world.connection(acme, idp)
    alice, mia, guest = world.client(), world.client(), world.client()
    world.sign_in(alice, idp)
    idp.person("mia", email="mia@xn--mller-kva.example")
    world.sign_in(mia, idp)
    idp.person("guest", email="guest@gmail.example")
    answer = world.sign_in(guest, idp)
    assert (opened(world, alice), opened(world, mia), opened(world, guest)) == ("alice", "mia", None)
    assert refusal(world, answer) == "email_outside_domains"


def test_a_disabled_account_is_not_opened_and_the_person_is_told_apart_from_a_stranger(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    account = world.account(acme, "alice", email=ALICE)
    world.connection(acme, idp)
    world.save(replace(account, status=Status.DISABLED))
    assert refusal(world, world.sign_in(world.client(), idp)) == "account_disabled"
    idp.person("stranger", email="stranger@acme.example")
    assert refusal(world, world.sign_in(world.client(), idp)) == "no_account"


# By username and external id


def test_a_username_is_matched_without_regard_to_ascii_case_and_needs_no_email(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    world.account(acme, "alice")
    world.connection(acme, idp, match_by=MatchBy.USERNAME)
    idp.person("sub-1", preferred_username="ALICE")
    client = world.client()
    world.sign_in(client, idp)
    assert opened(world, client) == "alice"


def test_an_external_id_is_matched_exactly(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "alice", external_id="AbC-1")
    world.account(acme, "other", external_id="abc-1")
    world.connection(acme, idp, match_by=MatchBy.EXTERNAL_ID)
    idp.person("AbC-1")
    client = world.client()
    world.sign_in(client, idp)
    assert opened(world, client) == "alice"
    idp.person("ABC-1")
    assert refusal(world, world.sign_in(world.client(), idp)) == "no_account"


def test_a_number_as_employee_id_is_matched_as_it_is_written(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "alice", external_id="4711")
    world.connection(acme, idp, match_by=MatchBy.EXTERNAL_ID, match_claim="employee.number")
    idp.person("alice", employee={"number": 4711})
    client = world.client()
    world.sign_in(client, idp)
    assert opened(world, client) == "alice"


def test_without_the_claim_to_match_by_nobody_is_opened(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "alice", email=ALICE)
    world.connection(acme, idp, match_by=MatchBy.USERNAME)
    idp.person("alice", email=ALICE)
    assert refusal(world, world.sign_in(world.client(), idp)) == "claim_missing"


# Several accounts


def test_two_accounts_with_one_email_are_chosen_between_every_time(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    world.account(acme, "agent", email=ALICE)
    lead = world.account(acme, "lead", email=ALICE)
    world.connection(acme, idp)
    client = world.client()
    chooser = world.sign_in(client, idp)
    assert opened(world, client) is None
    choose(client, chooser, lead.id)
    assert opened(world, client) == "lead"
    again = world.sign_in(client, idp)
    assert offered_accounts(again)[0] == lead.id, "the last choice stands first"
    assert len(offered_accounts(again)) == 2


def test_an_account_made_next_month_appears_in_the_chooser(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "agent", email=ALICE)
    world.connection(acme, idp)
    assert world.sign_in(world.client(), idp).status_code == 303
    world.account(acme, "lead", email=ALICE)
    assert len(offered_accounts(world.sign_in(world.client(), idp))) == 2


def test_a_choice_may_not_be_an_account_that_was_not_offered(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "agent", email=ALICE)
    world.account(acme, "lead", email=ALICE)
    boss = world.account(acme, "boss", email="boss@acme.example")
    world.connection(acme, idp)
    client = world.client()
    chooser = world.sign_in(client, idp)
    answer = choose(client, chooser, boss.id)
    assert answer.status_code == 403
    assert refusal(world, answer) == "choice_refused"
    assert opened(world, client) is None
