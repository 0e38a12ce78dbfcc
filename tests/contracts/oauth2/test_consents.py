from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.oauth2.client import Client, ClientId
from app.domain.oauth2.consent import Consent
from tests.contracts.samples import ACME, ALICE

DESK = Client(client_id=ClientId("desk"), name="Desk")
WALL = Client(client_id=ClientId("wall"), name="Wall")
CONSENT = Consent(ACME.id, ALICE.id, DESK.client_id, ("openid", "email"), 100.0)


@pytest.fixture
def consented(stored: SqlDatabase) -> SqlDatabase:
    with stored.write() as work:
        work.clients.save(DESK)
        work.clients.save(WALL)
        work.consents.save(CONSENT)
    return stored


def test_a_consent_comes_back_as_it_was_given(consented: SqlDatabase) -> None:
    with consented.read() as work:
        assert work.consents.get(ACME.id, ALICE.id, DESK.client_id) == CONSENT
        assert work.consents.get(ACME.id, ALICE.id, WALL.client_id) is None


def test_another_one_for_the_same_app_takes_its_place(consented: SqlDatabase) -> None:
    wider = replace(CONSENT, scopes=("openid", "email", "profile"), given_at=200.0)
    with consented.write() as work:
        work.consents.save(wider)
    with consented.read() as work:
        assert work.consents.of_account(ACME.id, ALICE.id) == [wider]


def test_an_accounts_consents_come_the_latest_first(consented: SqlDatabase) -> None:
    later = replace(CONSENT, client_id=WALL.client_id, given_at=200.0)
    with consented.write() as work:
        work.consents.save(later)
    with consented.read() as work:
        assert work.consents.of_account(ACME.id, ALICE.id) == [later, CONSENT]


def test_a_consent_is_withdrawn_once(consented: SqlDatabase) -> None:
    with consented.write() as work:
        assert work.consents.withdraw(ACME.id, ALICE.id, DESK.client_id)
        assert not work.consents.withdraw(ACME.id, ALICE.id, DESK.client_id)
    with consented.read() as work:
        assert work.consents.get(ACME.id, ALICE.id, DESK.client_id) is None


def test_a_consent_covers_what_was_asked_and_no_more() -> None:
    assert CONSENT.covers(["email"])
    assert not CONSENT.covers(["openid", "profile"])
