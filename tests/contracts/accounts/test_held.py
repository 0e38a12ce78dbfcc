from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.held import HeldDecision, HeldLogin, HeldLoginId
from tests.contracts.samples import ACME, GLOBEX, HELD, NOW, SPARE, unstorable

AGAIN = replace(HELD, id=HeldLoginId("held-2"), at=NOW + 1, reference="AGAIN")


def decided(held: HeldLogin, decision: HeldDecision) -> HeldLogin:
    return replace(held, decision=decision, decided_at=NOW + 5, decided_by="acme/admin")


def test_a_held_login_comes_back_as_it_was_added(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.held.add(HELD)
    with stored.read() as work:
        assert work.held.get(HELD.id) == HELD
        assert work.held.get(AGAIN.id) is None


def test_the_same_login_waits_once(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.held.add(HELD)
        work.held.add(AGAIN)
    with stored.read() as work:
        assert work.held.of_tenant(ACME.id, decision=HeldDecision.OPEN) == [HELD]


def test_what_was_refused_does_not_wait_again(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.held.add(HELD)
        assert work.held.decide(decided(HELD, HeldDecision.REFUSED))
        work.held.add(AGAIN)
    with stored.read() as work:
        assert work.held.of_tenant(ACME.id, decision=HeldDecision.OPEN) == []
        assert work.held.of_tenant(ACME.id, decision=HeldDecision.REFUSED) == [decided(HELD, HeldDecision.REFUSED)]


def test_what_was_accepted_may_be_held_again(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.held.add(HELD)
        assert work.held.decide(decided(HELD, HeldDecision.ACCEPTED))
        work.held.add(AGAIN)
    with stored.read() as work:
        assert work.held.of_tenant(ACME.id, decision=HeldDecision.OPEN) == [AGAIN]


def test_another_value_or_subject_waits_beside_it_oldest_first(stored: SqlDatabase) -> None:
    other_value = replace(AGAIN, match_value="robert@acme.example", at=NOW - 1)
    other_subject = replace(HELD, id=HeldLoginId("held-3"), subject="subject-3", at=NOW + 2)
    with stored.write() as work:
        for held in (HELD, other_value, other_subject):
            work.held.add(held)
    with stored.read() as work:
        assert work.held.of_tenant(ACME.id, decision=HeldDecision.OPEN) == [other_value, HELD, other_subject]


def test_only_an_open_one_can_be_decided(stored: SqlDatabase) -> None:
    with stored.write() as work:
        assert not work.held.decide(decided(HELD, HeldDecision.ACCEPTED))
        work.held.add(HELD)
        assert work.held.decide(decided(HELD, HeldDecision.ACCEPTED))
        assert not work.held.decide(decided(HELD, HeldDecision.REFUSED))
        assert work.held.get(HELD.id) == decided(HELD, HeldDecision.ACCEPTED)


def test_held_logins_of_another_tenant_are_absent(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.held.add(HELD)
        assert not work.held.decide(replace(decided(HELD, HeldDecision.ACCEPTED), tenant_id=GLOBEX.id))
    with stored.read() as work:
        assert work.held.of_tenant(GLOBEX.id, decision=HeldDecision.OPEN) == []


@pytest.mark.parametrize("text", unstorable())
def test_an_id_that_no_database_can_hold_is_unknown(stored: SqlDatabase, text: str) -> None:
    with stored.read() as work:
        assert work.held.get(HeldLoginId(text)) is None


def test_the_held_logins_of_a_subject_are_those_of_its_tenant_and_issuer(stored: SqlDatabase) -> None:
    elsewhere = replace(HELD, id=HeldLoginId("held-3"), connection_id=SPARE.id, at=NOW + 2)
    another = replace(HELD, id=HeldLoginId("held-4"), subject="another")
    with stored.write() as work:
        for held in (elsewhere, HELD, another):
            work.held.add(held)
        assert work.held.decide(decided(elsewhere, HeldDecision.REFUSED))
    with stored.read() as work:
        found = work.held.of_subject(ACME.id, issuer=HELD.issuer, subject=HELD.subject)
        assert found == [HELD, decided(elsewhere, HeldDecision.REFUSED)]
        assert work.held.of_subject(GLOBEX.id, issuer=HELD.issuer, subject=HELD.subject) == []
        assert work.held.of_subject(ACME.id, issuer="https://else.example", subject=HELD.subject) == []
        for text in unstorable():
            assert work.held.of_subject(ACME.id, issuer=HELD.issuer, subject=text) == []
