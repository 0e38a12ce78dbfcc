"""Whom a login opens, end to end. The whole truth table is in tests/unit/domain."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.account import Account
from app.domain.connection import MatchBy
from app.domain.identity import Identity
from app.domain.login_policy import LoginPolicy
from app.domain.tenant import Status, Tenant
from tests.builders import World, callback_of, choose, offered_accounts
from tests.contracts.race import AT_ONCE, all_at_once
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


# Several connections and tenants


def test_each_connection_has_identities_of_its_own(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "alice", email=ALICE)
    world.connection(acme, idp)
    assert world.sign_in(world.client(), idp, path="/t/acme/oauth/login?connection=main").status_code == 303
    with FakeProvider() as new:
        new.person("quite-another-subject", email=ALICE)
        world.connection(acme, new, name="new")
        client = world.client()
        world.sign_in(client, new, path="/t/acme/oauth/login?connection=new")
        assert opened(world, client) == "alice", "moving to a new provider holds nobody"
        session: Any = world.session(client)
        assert session["connection"] == "new"


def test_a_new_issuer_behind_a_connection_holds_nobody(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "alice", email=ALICE)
    connection = world.connection(acme, idp)
    assert world.sign_in(world.client(), idp).status_code == 303
    with FakeProvider() as moved:
        moved.person("another-subject", email=ALICE)
        world.save(replace(connection, provider=replace(connection.provider, issuer=moved.issuer)))
        client = world.client()
        world.sign_in(client, moved)
        assert opened(world, client) == "alice"


def test_one_person_at_one_provider_opens_in_each_tenant_only_its_own_account(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    globex = world.tenant("globex")
    world.account(acme, "alice-at-acme", email=ALICE)
    world.account(globex, "alice-at-globex", email=ALICE)
    world.connection(acme, idp)
    world.connection(globex, idp)
    client = world.client()
    world.sign_in(client, idp)
    assert opened(world, client) == "alice-at-acme"
    world.sign_in(client, idp, path="/t/globex/oauth/login")
    assert opened(world, client) == "alice-at-globex"
    assert client.get("/accounts/choose").headers["Location"] == "/account", "nothing to change to"


def test_a_callback_of_one_tenant_brought_to_the_address_of_another_opens_nothing(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    globex = world.tenant("globex")
    world.account(acme, "alice", email=ALICE)
    world.account(globex, "alice", email=ALICE)
    ours, theirs = world.connection(acme, idp), world.connection(globex, idp)
    client = world.client()
    callback = callback_of(client, idp)
    answer = client.get(callback.replace(ours.id, theirs.id))
    assert refusal(world, answer) == "attempt_unknown"
    assert opened(world, client) is None
    assert idp.requests("token") == []


# When addresses move


def test_a_person_renamed_at_the_provider_keeps_the_account(world: World, acme: Tenant, idp: FakeProvider) -> None:
    world.account(acme, "alice", email=ALICE)
    world.connection(acme, idp)
    world.sign_in(world.client(), idp)
    idp.sessions.clear()
    idp.person("alice", email="alice.married@acme.example")
    client = world.client()
    world.sign_in(client, idp)
    assert opened(world, client) == "alice"


def test_a_person_renamed_on_both_sides_keeps_the_account(world: World, acme: Tenant, idp: FakeProvider) -> None:
    account = world.account(acme, "alice", email=ALICE)
    world.connection(acme, idp)
    world.sign_in(world.client(), idp)
    idp.sessions.clear()
    idp.person("alice", email="alice.married@acme.example")
    world.save(replace(account, email="alice.married@acme.example"))
    first, second = world.client(), world.client()
    world.sign_in(first, idp)
    world.sign_in(second, idp)
    assert (opened(world, first), opened(world, second)) == ("alice", "alice")


def test_whoever_takes_over_a_colleagues_address_does_not_get_the_colleagues_account(
    world: World, acme: Tenant, idp: FakeProvider
) -> None:
    world.account(acme, "alice", email=ALICE)
    world.account(acme, "bob", email="bob@acme.example")
    world.connection(acme, idp)
    world.sign_in(world.client(), idp)
    idp.person("bob", email="bob@acme.example")
    world.sign_in(world.client(), idp)
    idp.sessions.clear()
    idp.person("bob", email=ALICE)
    client = world.client()
    assert refusal(world, world.sign_in(client, idp)) == "held_email_moved"
    assert opened(world, client) is None


# Races


def identities(world: World, tenant: Tenant, account: Account, *subjects: str) -> list[Identity]:
    with world.bridge.database.read() as work:
        (connection,) = work.connections.of_tenant(tenant.id)
        issuer = connection.provider.issuer or ""
        found = [work.identities.find(connection.id, issuer=issuer, subject=subject) for subject in subjects]
    return [identity for identity in found if identity and account.id in identity.linked]


def test_first_logins_of_one_person_in_many_browsers_at_once_all_sign_in(
    either_world: World, idp: FakeProvider
) -> None:
    acme = either_world.tenant("acme", policy=LoginPolicy.SSO_ONLY)
    account = either_world.account(acme, "alice", email=ALICE)
    either_world.connection(acme, idp)
    clients = [either_world.client() for _ in range(AT_ONCE)]
    callbacks = [callback_of(client, idp) for client in clients]
    answers = all_at_once(lambda number: clients[number].get(callbacks[number]).status_code)
    assert answers == [303] * AT_ONCE
    assert {opened(either_world, client) for client in clients} == {"alice"}
    assert len(identities(either_world, acme, account, "alice")) == 1


def test_of_several_subjects_with_one_address_at_once_only_one_gets_the_account(
    either_world: World, idp: FakeProvider
) -> None:
    acme = either_world.tenant("acme")
    account = either_world.account(acme, "alice", email=ALICE)
    either_world.connection(acme, idp)
    subjects = [f"subject-{number}" for number in range(AT_ONCE)]
    clients = [either_world.client() for _ in subjects]
    callbacks = []
    for subject, client in zip(subjects, clients, strict=True):
        idp.person(subject, email=ALICE)
        callbacks.append(callback_of(client, idp))
    answers = all_at_once(lambda number: clients[number].get(callbacks[number]))
    assert sorted(answer.status_code for answer in answers) == [303] + [403] * (AT_ONCE - 1)
    reasons = {refusal(either_world, answer) for answer in answers if answer.status_code == 403}
    assert reasons == {"held_new_subject"}
    assert len(identities(either_world, acme, account, *subjects)) == 1
