"""What lists ask for all their rows at once, instead of once for each."""

from dataclasses import replace

import pytest

from app.adapters.sql.accounts import accounts
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import AccountId
from app.domain.connections.connection import MatchBy, Sealed
from app.domain.passwords.second_factor import SecondFactor
from app.domain.tenants.tenant import TenantId
from tests.contracts.plans import plan_of
from tests.contracts.samples import (
    ACME,
    ALICE,
    BOB,
    GLOBEX,
    GLOBEX_BOB,
    GLOBEX_MAIN,
    ISSUER,
    MAIN,
    NOW,
    PERSON,
    SPARE,
    STRANGER,
    unstorable,
)


def test_tenants_by_their_ids(stored: SqlDatabase) -> None:
    with stored.read() as work:
        found = work.tenants.these([ACME.id, GLOBEX.id, TenantId("nobody"), *map(TenantId, unstorable())])
        assert found == {ACME.id: ACME, GLOBEX.id: GLOBEX}
        assert work.tenants.these([]) == {}


def test_a_connection_by_its_name_within_its_tenant(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert work.connections.named(ACME.id, MAIN.name) == MAIN
        assert work.connections.named(GLOBEX.id, SPARE.name) is None
        assert all(work.connections.named(ACME.id, text) is None for text in ("nobody", *unstorable()))


def test_the_connections_of_several_tenants_each_by_name(stored: SqlDatabase) -> None:
    with stored.read() as work:
        found = work.connections.of_tenants([ACME.id, GLOBEX.id, TenantId("nobody")])
        assert found == {
            ACME.id: work.connections.of_tenant(ACME.id),
            GLOBEX.id: [GLOBEX_MAIN],
            TenantId("nobody"): [],
        }


def test_accounts_by_their_ids_and_never_another_tenants_of_the_same_id(stored: SqlDatabase) -> None:
    with stored.read() as work:
        wanted = [(ACME.id, BOB.id), (GLOBEX.id, ALICE.id), (GLOBEX.id, AccountId("a\x00b"))]
        assert work.accounts.these(wanted) == {(ACME.id, BOB.id): BOB}
        assert work.accounts.these([(GLOBEX.id, BOB.id)]) == {(GLOBEX.id, BOB.id): GLOBEX_BOB}
        assert work.accounts.these([]) == {}


@pytest.mark.parametrize(
    ("by", "value", "one"),
    [(MatchBy.EMAIL, "with_email", "bob@acme.example"), (MatchBy.USERNAME, "with_username", "BOB")],
)
def test_accounts_by_match_values_as_one_by_one(stored: SqlDatabase, by: MatchBy, value: str, one: str) -> None:
    with stored.read() as work:
        pairs = [(ACME.id, one), (GLOBEX.id, one), (ACME.id, "nobody"), (TenantId("nobody"), one)]
        found = work.accounts.matching(by, pairs)
        assert found == {(tenant, text): getattr(work.accounts, value)(tenant, text) for tenant, text in pairs}
        assert found[ACME.id, one] == [BOB]
        assert work.accounts.matching(by, [(ACME.id, text) for text in unstorable()]) == {
            (ACME.id, text): [] for text in unstorable()
        }


def test_accounts_by_external_ids_in_the_order_of_usernames(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.accounts.save(replace(ALICE, external_id=BOB.external_id))
    with stored.read() as work:
        pair = (ACME.id, str(BOB.external_id))
        found = work.accounts.matching(MatchBy.EXTERNAL_ID, [pair])[pair]
        assert [account.username for account in found] == ["alice", "Bob"]


def test_who_is_linked_to_which_accounts(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.identities.link(PERSON, BOB.id, at=NOW)
        work.identities.link(STRANGER, ALICE.id, at=NOW)
    with stored.read() as work:
        assert work.identities.holders([MAIN.id, GLOBEX_MAIN.id], [BOB.id, ALICE.id]) == {
            (MAIN.id, ISSUER, BOB.id): PERSON.subject,
            (MAIN.id, ISSUER, ALICE.id): STRANGER.subject,
        }
        assert work.identities.holders([SPARE.id], [BOB.id]) == {}
        assert work.identities.holders([MAIN.id], []) == {}


def test_which_accounts_of_a_tenant_have_a_second_factor(stored: SqlDatabase) -> None:
    with stored.write() as work:
        factor = SecondFactor(ACME.id, BOB.id, secret=Sealed("x"), confirmed_at=NOW, last_step=1)
        work.second_factors.add(factor)
        assert set(work.second_factors.of_tenant(ACME.id)) == {BOB.id}
        assert set(work.second_factors.of_tenant(GLOBEX.id)) == set()


@pytest.mark.parametrize("by", MatchBy)
def test_they_are_found_by_an_index(stored: SqlDatabase, by: MatchBy) -> None:
    with stored.write() as work:
        work.accounts.save(
            *(
                replace(ALICE, id=AccountId(n), username=n, email=f"{n}@acme.example", external_id=n)
                for n in (f"n{number}" for number in range(3000))
            )
        )
    with stored.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    plan = plan_of(stored, accounts._MATCHING[by], tenants=[ACME.id, GLOBEX.id], wanted=["n1", "n2"])
    assert "Seq Scan" not in plan
    assert "SCAN accounts" not in plan
