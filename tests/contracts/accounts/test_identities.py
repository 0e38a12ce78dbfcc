from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.identity import IdentityId
from tests.contracts.samples import (
    ACME,
    ALICE,
    BOB,
    GLOBEX,
    GLOBEX_MAIN,
    ISSUER,
    MAIN,
    NOW,
    PERSON,
    SPARE,
    STRANGER,
    unstorable,
)


def test_an_identity_is_found_by_connection_issuer_and_subject_together(stored: SqlDatabase) -> None:
    with stored.read() as work:
        find = work.identities.find
        assert find(MAIN.id, issuer=ISSUER, subject="subject-1") == PERSON
        assert find(SPARE.id, issuer=ISSUER, subject="subject-1") is None
        assert find(MAIN.id, issuer="https://else.example", subject="subject-1") is None
        assert find(MAIN.id, issuer=ISSUER, subject="Subject-1") is None


def test_an_identity_of_another_tenant_is_absent(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.identities.get(ACME.id, PERSON.id) == PERSON
        assert work.identities.get(GLOBEX.id, PERSON.id) is None
        assert work.identities.find(GLOBEX_MAIN.id, issuer=ISSUER, subject="subject-1") is None


def test_saving_again_moves_the_match_value(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.identities.save(replace(PERSON, match_value="robert@acme.example"), at=NOW + 1)
    with stored.read() as work:
        assert work.identities.get(ACME.id, PERSON.id) == replace(PERSON, match_value="robert@acme.example")


def test_a_subject_keeps_the_id_that_was_stored_first(stored: SqlDatabase) -> None:
    with stored.write() as work:
        late = replace(PERSON, id=IdentityId("identity-late"))
        assert work.identities.save(late, at=NOW) == PERSON.id
        assert work.identities.save(PERSON, at=NOW) == PERSON.id
        assert work.identities.get(ACME.id, late.id) is None


def test_linked_accounts_come_last_used_first(stored: SqlDatabase) -> None:
    with stored.write() as work:
        assert work.identities.link(PERSON, BOB.id, at=NOW)
        assert work.identities.link(PERSON, ALICE.id, at=NOW + 1)
    with stored.read() as work:
        assert work.identities.get(ACME.id, PERSON.id) == replace(PERSON, linked=(ALICE.id, BOB.id))
    with stored.write() as work:
        assert work.identities.link(PERSON, BOB.id, at=NOW + 2)
    with stored.read() as work:
        found = work.identities.find(MAIN.id, issuer=ISSUER, subject="subject-1")
        assert found == replace(PERSON, linked=(BOB.id, ALICE.id))


def test_an_account_has_one_subject_per_connection_and_issuer(stored: SqlDatabase) -> None:
    with stored.write() as work:
        assert work.identities.link(PERSON, BOB.id, at=NOW)
        assert not work.identities.link(STRANGER, BOB.id, at=NOW)
        assert work.identities.get(ACME.id, STRANGER.id) == STRANGER


def test_another_connection_or_issuer_starts_its_own_identities(stored: SqlDatabase) -> None:
    elsewhere = replace(PERSON, id=IdentityId("identity-3"), connection_id=SPARE.id)
    moved = replace(PERSON, id=IdentityId("identity-4"), issuer="https://new.acme.example")
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)
        for identity in (elsewhere, moved):
            work.identities.save(identity, at=NOW)
            assert work.identities.link(identity, BOB.id, at=NOW)


def test_who_else_holds_an_account_is_told_with_the_subject(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)
        work.identities.link(STRANGER, ALICE.id, at=NOW)
    with stored.read() as work:
        others = work.identities.held_by_others
        both = [BOB.id, ALICE.id]
        assert others(MAIN.id, both, issuer=ISSUER, subject="subject-1") == {ALICE.id: "subject-2"}
        assert others(MAIN.id, both, issuer=ISSUER, subject="subject-3") == {
            BOB.id: "subject-1",
            ALICE.id: "subject-2",
        }
        assert others(MAIN.id, [BOB.id], issuer=ISSUER, subject="subject-1") == {}
        assert others(MAIN.id, [], issuer=ISSUER, subject="subject-1") == {}
        assert others(SPARE.id, both, issuer=ISSUER, subject="subject-3") == {}
        assert others(MAIN.id, both, issuer="https://else.example", subject="subject-3") == {}


def test_an_unlinked_account_can_be_taken_by_another_subject(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)
        work.identities.link(PERSON, ALICE.id, at=NOW)
        work.identities.unlink(PERSON.id, [BOB.id])
        work.identities.unlink(PERSON.id, [])
        assert work.identities.link(STRANGER, BOB.id, at=NOW)
        assert work.identities.get(ACME.id, PERSON.id) == replace(PERSON, linked=(ALICE.id,))


def test_an_identity_cannot_be_linked_across_tenants(stored: SqlDatabase) -> None:
    crossing = replace(PERSON, tenant_id=GLOBEX.id)
    with pytest.raises(IntegrityError), stored.write() as work:
        work.identities.link(crossing, BOB.id, at=NOW)


def test_an_identity_cannot_belong_to_a_connection_of_another_tenant(stored: SqlDatabase) -> None:
    crossing = replace(PERSON, id=IdentityId("identity-5"), subject="subject-5", tenant_id=GLOBEX.id)
    with pytest.raises(IntegrityError), stored.write() as work:
        work.identities.save(crossing, at=NOW)


@pytest.mark.parametrize("text", unstorable())
def test_a_subject_that_no_database_can_hold_is_unknown(stored: SqlDatabase, text: str) -> None:
    with stored.read() as work:
        assert work.identities.find(MAIN.id, issuer=ISSUER, subject=text) is None
