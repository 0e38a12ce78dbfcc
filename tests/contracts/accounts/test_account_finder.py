"""What `AccountFinder` finds in all tenants, and what it costs."""

import pytest

from app.adapters.sql.accounts import account_finder
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.accounts.account import Account, AccountId
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, GLOBEX, unstorable

INDEXES = ("ix_accounts_username_key", "ix_accounts_email_key", "ix_accounts_name_beginning")


@pytest.fixture
def crowded(stored: SqlDatabase) -> SqlDatabase:
    """2,000 accounts in each of two tenants."""
    with stored.write() as work:
        for tenant in (ACME, GLOBEX):
            work.accounts.save(
                *(
                    Account(
                        AccountId(f"a-{number}"),
                        tenant.id,
                        username=f"user-{number:04}",
                        email=f"mail-{number:04}@{tenant.slug}.example",
                        name=f"Name {number:04}",
                    )
                    for number in range(2000)
                )
            )
    with stored.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return stored


def found(database: SqlDatabase, text: str, *, most: int = 9, without_acme: bool = False) -> list[str]:
    with database.read() as work:
        accounts = work.account_finder.beginning(text, most=most, but=ACME.id if without_acme else None)
    return sorted(f"{account.tenant_id}/{account.username}" for account in accounts)


@pytest.mark.parametrize("text", ["USER-0007", "Mail-0007@", "name 0007"])
def test_a_beginning_of_username_email_or_name_is_found_in_every_tenant(crowded: SqlDatabase, text: str) -> None:
    assert found(crowded, text) == [f"{tenant.id}/user-0007" for tenant in (ACME, GLOBEX)]
    assert found(crowded, text, without_acme=True) == [f"{GLOBEX.id}/user-0007"]


@pytest.mark.parametrize("text", ["", "0007", "%", "user_0007", *unstorable()])
def test_no_part_and_no_pattern_is(crowded: SqlDatabase, text: str) -> None:
    assert found(crowded, text) == []


def test_only_so_many_come_back(crowded: SqlDatabase) -> None:
    assert len(found(crowded, "user-", most=5)) == 5


def test_each_search_reads_along_an_index(crowded: SqlDatabase) -> None:
    wanted = {"begin": "x-1", "beyond": "x-1\U0010ffff", "but": "", "most": 21}
    for statement, index in zip(account_finder.BEGINNING, INDEXES, strict=True):
        plan = plan_of(crowded, statement, **wanted)
        assert index in plan, plan
        assert "SCAN accounts" not in plan
        assert "Seq Scan" not in plan
