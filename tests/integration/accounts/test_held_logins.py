"""An address has changed hands, or seems to: nobody is let in before somebody has looked (docs/rules.md, rule 2)."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.accounts.held import HeldLogin, HeldLoginId
from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection
from app.domain.errors import NotFound
from app.domain.tenants.tenant import Tenant
from tests.builders import World, choose, offered_accounts, password_login, reference_in
from tests.contracts.race import AT_ONCE, all_at_once
from tests.fake_idp import FakeProvider

ALICE = "alice@acme.example"
BOB = "bob@acme.example"
PASSWORD = "correct horse battery staple"


@dataclass
class Acme:
    """alice and bob have an account each; alice has signed in through the provider before."""

    world: World
    idp: FakeProvider
    tenant: Tenant
    connection: Connection
    alice: Account
    bob: Account
    browser: FlaskClient
    """Alice's, signed in."""

    def sign_in(self, subject: str, email: str, client: FlaskClient | None = None) -> TestResponse:
        """Somebody comes through the provider, which now says this of them."""
        self.idp.sessions.pop(subject, None)
        self.idp.person(subject, email=email)
        return self.world.sign_in(client or self.world.client(), self.idp)

    def opened(self, client: FlaskClient) -> str | None:
        session: Any = self.world.session(client)
        return session["account"]["username"] if session else None

    def signs_in_as(self, subject: str, email: str) -> str | None:
        """The username that such a login opens at once."""
        client = self.world.client()
        self.sign_in(subject, email, client)
        return self.opened(client)

    def waiting(self) -> list[HeldLogin]:
        return list(self.world.bridge.held.waiting("acme")[1])

    def accept(self, held: HeldLogin) -> HeldLogin:
        return self.world.bridge.held.accept(held.id, by=Actor("nina@acme", reason="she came back from leave"))

    def refuse(self, held: HeldLogin) -> HeldLogin:
        return self.world.bridge.held.refuse(held.id, by=Actor("nina@acme", reason="another person"))


@pytest.fixture
def acme(either_world: World, idp: FakeProvider) -> Acme:
    world = either_world
    tenant = world.tenant("acme")
    alice = world.account(tenant, "alice", email=ALICE, password=PASSWORD)
    bob = world.account(tenant, "bob", email=BOB)
    browser = world.client()
    acme = Acme(world, idp, tenant, world.connection(tenant, idp), alice, bob, browser)
    acme.sign_in("alice", ALICE, browser)
    assert acme.opened(browser) == "alice"
    return acme


def test_a_new_subject_with_a_known_address_is_held_with_both_sides_shown(acme: Acme) -> None:
    client = acme.world.client()
    answer = acme.sign_in("alice-again", ALICE, client)
    assert answer.status_code == 403
    assert acme.opened(client) is None
    (held,) = acme.waiting()
    assert (held.subject, held.match_value, held.before) == ("alice-again", ALICE, "alice")
    assert (held.reason, held.reference) == ("held_new_subject", reference_in(answer))
    assert acme.world.trace(answer)["outcome"] == "refused"


def test_who_held_the_account_goes_on_while_another_subject_waits(acme: Acme) -> None:
    acme.sign_in("alice-again", ALICE)
    assert acme.opened(acme.browser) == "alice"
    assert acme.signs_in_as("alice", ALICE) == "alice"


def test_it_waits_once_however_often_it_is_tried(acme: Acme) -> None:
    for _ in range(3):
        assert acme.sign_in("alice-again", ALICE).status_code == 403
    assert len(acme.waiting()) == 1


def test_nobody_in_particular_waits_in_another_tenant(acme: Acme) -> None:
    acme.world.tenant("globex")
    acme.sign_in("alice-again", ALICE)
    assert list(acme.world.bridge.held.waiting("globex")[1]) == []


def test_once_accepted_the_new_subject_has_the_account_and_the_old_one_is_out(acme: Acme) -> None:
    acme.sign_in("alice-again", ALICE)
    acme.accept(acme.waiting()[0])
    assert acme.waiting() == []
    assert acme.opened(acme.browser) is None, "the session of the old subject ended"
    assert acme.signs_in_as("alice-again", ALICE) == "alice"
    assert acme.sign_in("alice", ALICE).status_code == 403, "now the old subject is the one that waits"
    assert acme.signs_in_as("alice-again", ALICE) == "alice"


def test_accepting_leaves_sessions_of_passwords_and_of_other_people_alone(acme: Acme) -> None:
    by_password, bobs = acme.world.client(), acme.world.client()
    assert password_login(by_password, "alice", PASSWORD).status_code == 303
    acme.sign_in("bob", BOB, bobs)
    acme.sign_in("alice-again", ALICE)
    acme.accept(acme.waiting()[0])
    assert acme.opened(by_password) == "alice"
    assert acme.opened(bobs) == "bob"


def test_once_refused_it_stays_refused_and_does_not_wait_again(acme: Acme) -> None:
    acme.sign_in("mallory", ALICE)
    acme.refuse(acme.waiting()[0])
    assert acme.sign_in("mallory", ALICE).status_code == 403
    assert acme.waiting() == []
    assert acme.opened(acme.browser) == "alice"
    assert acme.signs_in_as("alice", ALICE) == "alice"


def test_a_refused_subject_may_sign_in_with_an_address_of_its_own(acme: Acme) -> None:
    acme.sign_in("mallory", ALICE)
    acme.refuse(acme.waiting()[0])
    acme.world.account(acme.tenant, "mallory", email="mallory@acme.example")
    assert acme.signs_in_as("mallory", "mallory@acme.example") == "mallory"


def test_a_decision_is_audited_with_who_why_and_both_sides(acme: Acme) -> None:
    acme.sign_in("alice-again", ALICE)
    acme.accept(acme.waiting()[0])
    with acme.world.bridge.database.read() as work:
        (entry,) = work.audit.of_tenant(acme.tenant.id)
    assert (entry.action, entry.actor, entry.reason) == ("held.accepted", "nina@acme", "she came back from leave")
    assert entry.subject == ALICE
    assert entry.before == {"holder": "alice"}
    assert entry.after == {"subject": "alice-again", "issuer": acme.idp.issuer}


def test_a_decision_is_made_once(acme: Acme) -> None:
    acme.sign_in("alice-again", ALICE)
    held = acme.waiting()[0]
    acme.accept(held)
    with pytest.raises(NotFound):
        acme.accept(held)
    with pytest.raises(NotFound):
        acme.refuse(held)
    with pytest.raises(NotFound):
        acme.world.bridge.held.accept(HeldLoginId("nobody-waits"), by=Actor("nina@acme", reason="a guess"))
    with acme.world.bridge.database.read() as work:
        assert len(work.audit.of_tenant(acme.tenant.id)) == 1


def test_of_several_decisions_at_once_one_counts(acme: Acme) -> None:
    acme.sign_in("alice-again", ALICE)
    held = acme.waiting()[0]

    def decide(number: int) -> bool:
        try:
            (acme.accept if number % 2 else acme.refuse)(held)
        except NotFound:
            return False
        return True

    assert sum(all_at_once(decide)) == 1
    with acme.world.bridge.database.read() as work:
        (entry,) = work.audit.of_tenant(acme.tenant.id)
    new = acme.signs_in_as("alice-again", ALICE)
    assert new == ("alice" if entry.action == "held.accepted" else None)


# A known person comes with somebody else's address


def test_a_known_person_with_a_colleagues_address_is_held(acme: Acme) -> None:
    assert acme.signs_in_as("bob", BOB) == "bob"
    answer = acme.sign_in("bob", ALICE)
    assert answer.status_code == 403
    (held,) = acme.waiting()
    assert (held.subject, held.match_value, held.before, held.reason) == ("bob", ALICE, BOB, "held_email_moved")
    assert acme.opened(acme.browser) == "alice"


def test_a_known_person_whose_new_address_is_accepted_leaves_the_old_account(acme: Acme) -> None:
    bobs = acme.world.client()
    acme.sign_in("bob", BOB, bobs)
    acme.sign_in("bob", ALICE)
    acme.accept(acme.waiting()[0])
    assert acme.opened(bobs) is None
    assert acme.opened(acme.browser) is None
    assert acme.signs_in_as("bob", ALICE) == "alice"
    assert acme.signs_in_as("robert", BOB) == "bob", "the address is free for whoever has it now"


def test_a_known_person_whose_new_address_is_refused_may_come_back_with_the_old_one(acme: Acme) -> None:
    acme.sign_in("bob", BOB)
    acme.sign_in("bob", ALICE)
    acme.refuse(acme.waiting()[0])
    assert acme.sign_in("bob", ALICE).status_code == 403
    assert acme.signs_in_as("bob", BOB) == "bob"


def test_an_accepted_address_with_several_accounts_gives_a_chooser_of_them(acme: Acme) -> None:
    lead = acme.world.account(acme.tenant, "lead", email=ALICE)
    acme.sign_in("alice-again", ALICE)
    acme.accept(acme.waiting()[0])
    client = acme.world.client()
    chooser = acme.sign_in("alice-again", ALICE, client)
    assert sorted(offered_accounts(chooser)) == sorted([acme.alice.id, lead.id])
    choose(client, chooser, lead.id)
    assert acme.opened(client) == "lead"


def test_a_chooser_that_was_open_when_the_account_went_to_another_subject_opens_nothing(acme: Acme) -> None:
    acme.world.account(acme.tenant, "lead", email=ALICE)
    client = acme.world.client()
    chooser = acme.sign_in("alice", ALICE, client)
    acme.sign_in("alice-again", ALICE)
    acme.accept(acme.waiting()[0])
    assert choose(client, chooser, acme.alice.id).status_code == 403
    assert acme.opened(client) is None


def test_when_the_address_was_free_by_the_time_it_was_accepted_it_is_simply_theirs(acme: Acme) -> None:
    acme.sign_in("alice-again", ALICE)
    held = acme.waiting()[0]
    acme.world.save(replace(acme.alice, email="alice.old@acme.example"))
    acme.accept(held)
    assert acme.sign_in("alice-again", ALICE).status_code == 403, "nobody has this address"
    acme.world.account(acme.tenant, "alice.new", email=ALICE)
    assert acme.signs_in_as("alice-again", ALICE) == "alice.new"


def test_first_logins_that_race_with_an_accepting_admin_never_share_an_account(acme: Acme) -> None:
    acme.sign_in("alice-again", ALICE)
    held = acme.waiting()[0]
    clients = [acme.world.client() for _ in range(AT_ONCE)]
    acme.idp.person("alice", email=ALICE)

    def act(number: int) -> int:
        if number == 0:
            acme.accept(held)
            return 303
        return acme.world.sign_in(clients[number], acme.idp).status_code

    assert set(all_at_once(act)) <= {303, 403}
    assert not any(acme.opened(client) for client in clients), "what the old subject opened has ended"
    assert acme.signs_in_as("alice-again", ALICE) == "alice"
