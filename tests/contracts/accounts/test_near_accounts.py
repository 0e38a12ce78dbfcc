"""What `Accounts.near` finds for support, and what it costs in a tenant of any size."""

import pytest

from app.adapters.sql.accounts import accounts
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import Account, AccountId
from app.domain.connections.connection import MatchBy
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, ALICE, BOB, GLOBEX, unstorable
from tests.services.statements import statements

INDEXES = {
    MatchBy.EMAIL: "tenant_id_email_key",
    MatchBy.USERNAME: "tenant_id_username_key",
    MatchBy.EXTERNAL_ID: "tenant_id_external_id",
}
MOST = 5


@pytest.fixture
def crowded(stored: SqlDatabase) -> SqlDatabase:
    """With 2,000 accounts in each of two tenants, whose values begin alike."""
    with stored.write() as work:
        for tenant in (ACME, GLOBEX):
            names = [f"person-{number:04}" for number in range(2000)]
            work.accounts.save(
                *(
                    Account(AccountId(name), tenant.id, username=name, email=f"{name}@acme.example", external_id=name)
                    for name in names
                )
            )
    with stored.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return stored


@pytest.mark.parametrize("by", MatchBy)
def test_values_and_beginnings_are_found_by_an_index(crowded: SqlDatabase, by: MatchBy) -> None:
    equal = plan_of(crowded, accounts._EQUAL[by], tenant=ACME.id, wanted=["person-0001"], most=MOST)
    near = plan_of(
        crowded, accounts._NEAR[by], tenant=ACME.id, begin="person-000", end="person-000\U0010ffff", most=MOST
    )
    for plan in (equal, near):
        assert INDEXES[by] in plan or "sqlite_autoindex_accounts" in plan, plan
        assert "Seq Scan" not in plan
        assert "SCAN accounts" not in plan


@pytest.mark.parametrize("by", MatchBy)
def test_no_more_than_so_many_come_back_for_each_question(crowded: SqlDatabase, by: MatchBy) -> None:
    with statements(crowded) as sent, crowded.read() as work:
        found = work.accounts.near(ACME.id, by, values=[], beginnings=["person-"], most=MOST)
        assert len(found) == MOST
        both = work.accounts.near(ACME.id, by, values=["person-1999"], beginnings=["person-0", "person-1"], most=MOST)
        assert len(both) <= 3 * MOST
    assert len(sent) == 2 + 3
    assert {account.tenant_id for account in (*found, *both)} == {ACME.id}


def test_each_account_is_named_once_and_no_other_tenants(stored: SqlDatabase) -> None:
    with stored.read() as work:
        found = work.accounts.near(
            ACME.id, MatchBy.EMAIL, values=["alice@acme.example"], beginnings=["alice@", "ali"], most=MOST
        )
        assert found == [ALICE]
        assert work.accounts.near(ACME.id, MatchBy.EXTERNAL_ID, values=["E-1"], beginnings=[], most=MOST) == [BOB]
        assert work.accounts.near(GLOBEX.id, MatchBy.USERNAME, values=["alice"], beginnings=["a"], most=MOST) == []


def test_text_that_no_database_holds_is_like_nobodys(stored: SqlDatabase) -> None:
    with stored.read() as work:
        assert (
            work.accounts.near(ACME.id, MatchBy.USERNAME, values=unstorable(), beginnings=unstorable(), most=MOST) == []
        )
