"""The newest entries of a chain, a page at a time."""

from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.audit.audit import AuditFilter, chain_of
from tests.contracts.audit.audited import GLOBEX_SWITCHED, ROTATED, SWITCHED, record
from tests.contracts.samples import ACME, unstorable

CHAIN = chain_of(ACME.id)


@pytest.fixture
def written(stored: SqlDatabase) -> SqlDatabase:
    for number in range(6):
        action = "tenant.policy" if number % 2 else "tenant.changed"
        record(stored, replace(SWITCHED, subject=str(number), action=action), GLOBEX_SWITCHED, ROTATED)
    return stored


def latest(
    database: SqlDatabase, *, before: int | None = None, action: str | None = None, most: int = 10
) -> list[tuple[str, int]]:
    with database.read() as work:
        found = work.audit.latest(CHAIN, AuditFilter(action=action), before=before, most=most)
    return [(link.entry.subject, link.position) for link in found]


def test_the_newest_come_first_and_the_next_page_goes_on_where_it_ended(written: SqlDatabase) -> None:
    first = latest(written, most=4)
    assert [subject for subject, _ in first] == ["5", "4", "3", "2"]
    assert [subject for subject, _ in latest(written, before=first[-1][1])] == ["1", "0"]


def test_one_action_alone(written: SqlDatabase) -> None:
    first = latest(written, action="tenant.policy", most=2)
    assert [subject for subject, _ in first] == ["5", "3"]
    assert [subject for subject, _ in latest(written, action="tenant.policy", before=first[-1][1])] == ["1"]
    assert latest(written, action="tenant.poli_y") == []


@pytest.mark.parametrize("action", unstorable())
def test_an_action_that_no_database_holds_is_none(written: SqlDatabase, action: str) -> None:
    assert latest(written, action=action) == []


def test_the_bridge_has_its_own(written: SqlDatabase) -> None:
    with written.read() as work:
        assert [link.entry for link in work.audit.latest(chain_of(None), most=2)] == [ROTATED, ROTATED]
