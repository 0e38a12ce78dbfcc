import re
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from app.adapters.sql.accounts import accounts, identities
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import AccountId
from app.domain.accounts.held import HeldLoginId
from app.domain.accounts.identity import IdentityId, Standing
from app.domain.connections.connection import Connection, MatchBy
from app.domain.tenants.tenant import Status
from tests.contracts.plans import plan_of
from tests.contracts.samples import (
    ACME,
    ALICE,
    BOB,
    GLOBEX,
    GLOBEX_MAIN,
    HELD,
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


def test_a_known_account_that_is_used_again_comes_first_and_stays_whose_it_is(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)
        work.identities.link(PERSON, ALICE.id, at=NOW + 1)
        work.identities.used(PERSON, BOB.id, at=NOW + 2)
        work.identities.used(STRANGER, ALICE.id, at=NOW + 3)
        assert work.identities.get(ACME.id, PERSON.id) == replace(PERSON, linked=(BOB.id, ALICE.id))
        assert work.identities.get(ACME.id, STRANGER.id) == STRANGER
        (used,) = work.identities.of_account(ACME.id, BOB.id)
        assert (used.linked_at, used.last_used_at) == (NOW, NOW + 2)


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


def standing(database: SqlDatabase, *, subject: str = "subject-1", connection: Connection = MAIN) -> Standing:
    with database.read() as work:
        return work.identities.standing(
            connection.tenant_id, connection.id, issuer=ISSUER, subject=subject, sid=None, began_at=NOW
        )


def test_the_standing_of_a_subject_is_its_identity_with_what_it_opened(stored: SqlDatabase) -> None:
    assert standing(stored) == Standing(PERSON, was_held=False, signed_out=False)
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)
        work.identities.link(PERSON, ALICE.id, at=NOW + 1)
    assert standing(stored).identity == replace(PERSON, linked=(ALICE.id, BOB.id))


def test_what_stops_a_login_is_told_of_an_unknown_subject_too(stored: SqlDatabase) -> None:
    nobody = Standing(None, was_held=False, signed_out=False)
    assert standing(stored, subject="newcomer") == standing(stored, subject=unstorable()[0]) == nobody
    with stored.write() as work:
        work.held.add(replace(HELD, subject="newcomer"))
        for connection in (SPARE, GLOBEX_MAIN):
            work.sessions.remember_logout(
                connection.id, issuer=ISSUER, sid=None, subject="newcomer", at=NOW, expires_at=NOW + 900
            )
    assert standing(stored, subject="newcomer") == Standing(None, was_held=True, signed_out=False)
    assert standing(stored, subject="newcomer", connection=SPARE) == Standing(None, was_held=True, signed_out=True)
    elsewhere = standing(stored, subject="newcomer", connection=GLOBEX_MAIN)
    assert elsewhere == Standing(None, was_held=False, signed_out=True), "held in another tenant"


def test_accounts_with_a_value_come_with_the_subject_that_they_are_linked_to(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.save(replace(ALICE, email="bob@acme.example", status=Status.DISABLED))
        work.identities.link(STRANGER, BOB.id, at=NOW)
    bob, alice = (BOB, "subject-2"), (replace(ALICE, email="bob@acme.example", status=Status.DISABLED), None)
    with stored.read() as work:
        found = partial(work.accounts.with_subjects, ACME.id, connection_id=MAIN.id, issuer=ISSUER)
        assert found(MatchBy.EMAIL, "bob@acme.example") == [alice, bob]
        assert found(MatchBy.USERNAME, "BOB") == found(MatchBy.EXTERNAL_ID, "E-1") == [bob]
        assert found(MatchBy.EXTERNAL_ID, "e-1") == found(MatchBy.EMAIL, unstorable()[0]) == []
        assert found(MatchBy.USERNAME, "bob", connection_id=SPARE.id) == [(BOB, None)]
        assert found(MatchBy.USERNAME, "bob", issuer="https://else.example") == [(BOB, None)]
        assert found(MatchBy.EMAIL, "bob@acme.example")[1][0].tenant_id == ACME.id


@pytest.mark.parametrize("by", MatchBy)
def test_what_a_login_asks_about_its_person_is_read_along_indexes(stored: SqlDatabase, by: MatchBy) -> None:
    with stored.write() as work:
        people = [
            replace(
                BOB, id=AccountId(f"a{one}"), username=f"u{one}", email=f"u{one}@acme.example", external_id=f"x{one}"
            )
            for one in range(400)
        ]
        work.accounts.save(*people)
        for number, account in enumerate(people):
            identity = replace(PERSON, id=IdentityId(f"i{number}"), subject=f"s{number}")
            work.identities.save(identity, at=NOW)
            work.identities.link(identity, account.id, at=NOW)
            work.held.add(replace(HELD, id=HeldLoginId(f"h{number}"), subject=f"s{number}"))
            work.sessions.remember_logout(
                MAIN.id, issuer=ISSUER, sid=None, subject=f"s{number}", at=NOW, expires_at=NOW + 900
            )
    if stored.engine.dialect == "postgresql":
        with stored.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    at_provider = {"connection": MAIN.id, "issuer": ISSUER}
    matched = plan_of(stored, accounts._WITH_SUBJECTS[by], tenant=ACME.id, wanted="u7", **at_provider)
    asked = {"tenant": ACME.id, "connection": MAIN.id, "by": ISSUER, "whom": "s7", "began_at": NOW}
    known = plan_of(stored, identities._STANDING, **asked, logouts=["a"])
    for plan in (matched, known):
        assert "Seq Scan" not in plan
        assert not re.search(r"SCAN (?!always|anon|CONSTANT|\d)", plan), plan
