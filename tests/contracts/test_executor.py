"""Statements on their way to either database, and what comes back."""

import pytest
from sqlalchemy import Text, bindparam, delete, func, literal_column, select
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from app.adapters.sql.accounts import accounts
from app.adapters.sql.executor import compile_statement
from app.adapters.sql.oauth2.rows import ClientRow
from app.adapters.sql.statements import among
from app.adapters.sql.tables import AccountRow
from app.adapters.sql.unit_of_work import SqlDatabase
from tests.contracts.samples import ACME, ALICE, BOB, GLOBEX_BOB
from tests.services.statements import statements

NAMES = select(AccountRow.username).where(among(AccountRow.username_key, "wanted")).order_by(AccountRow.username)


@pytest.mark.parametrize(
    "wanted", [[], ["alice"], ["alice", "bob", "nobody"], [f"n{number}" for number in range(5000)]]
)
def test_a_list_is_one_value_however_long_it_is(stored: SqlDatabase, wanted: list[str]) -> None:
    expected = sorted(one.username for one in (ALICE, BOB, GLOBEX_BOB) if one.username.lower() in wanted)
    with statements(stored) as sent, stored.read() as work:
        assert work.sql.all(NAMES, lambda row: row[0], wanted=wanted) == expected
    assert sent == [compile_statement(NAMES, stored.engine.dialect, ("wanted",)).text]


def test_a_statement_is_compiled_once(stored: SqlDatabase) -> None:
    with stored.read() as work:
        work.accounts.get(ACME.id, BOB.id)
        before = compile_statement.cache_info().misses
        work.accounts.get(ACME.id, ALICE.id)
    assert compile_statement.cache_info().misses == before
    assert compile_statement(accounts._ONE, stored.engine.dialect, ("tenant", "wanted")) is compile_statement(
        accounts._ONE, stored.engine.dialect, ("tenant", "wanted")
    )


def test_a_statement_whose_text_depends_on_its_values_is_refused(stored: SqlDatabase) -> None:
    expanded = select(AccountRow.id).where(AccountRow.id.in_(bindparam("wanted", expanding=True)))
    with pytest.raises(TypeError, match="use `among`"), stored.read() as work:
        work.sql.all(expanded, tuple, wanted=["a"])


def test_how_many_rows_were_changed_and_the_first_value_are_told(stored: SqlDatabase) -> None:
    count = select(func.count()).select_from(AccountRow)
    with stored.write() as work:
        assert (
            work.sql.value(select(AccountRow.id).where(AccountRow.id == bindparam("wanted")), wanted="nobody") is None
        )
        assert work.sql.first(count, tuple) == (3,)
        assert (
            work.sql.changed(delete(AccountRow).where(AccountRow.username_key == bindparam("wanted")), wanted="x") == 0
        )


def test_a_mistake_of_ours_is_no_outage_and_tells_no_values(stored: SqlDatabase) -> None:
    mistaken = select(literal_column("nonsense(1)", Text)).where(ClientRow.name == bindparam("wanted"))
    with pytest.raises((OperationalError, ProgrammingError)) as caught, stored.read() as work:
        work.sql.value(mistaken, wanted="a-secret-value")
    assert isinstance(caught.value, DBAPIError)
    assert "a-secret-value" not in str(caught.value)
