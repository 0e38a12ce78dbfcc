"""Whom a login opens where there are several connections and tenants, addresses move, and logins race."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.accounts.identity import Identity
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.builders import World, callback_of
from tests.contracts.race import AT_ONCE, all_at_once
from tests.fake_idp import FakeProvider

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
    client = world.client()
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
