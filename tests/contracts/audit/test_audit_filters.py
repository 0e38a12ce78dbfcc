"""The change log by who and when: what is found, and by which index."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.adapters.sql.audit.audit import FIRST_SINCE, LAST_UNTIL, listing
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.audit.audit import AuditEntry, AuditFilter, chain_of
from tests.contracts.audit.audited import GLOBEX_SWITCHED, SWITCHED, record
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, NOW, unstorable

CHAIN = chain_of(ACME.id)
DAY = 86_400
MANY = 600


def entry(number: int) -> AuditEntry:
    """One a day, by two people in turn."""
    return replace(
        SWITCHED, subject=str(number), at=NOW + number * DAY, actor="acme/ada" if number % 2 else "staff/sam"
    )


@pytest.fixture
def written(stored: SqlDatabase) -> SqlDatabase:
    record(stored, *(entry(number) for number in range(6)), replace(GLOBEX_SWITCHED, actor="acme/ada", at=NOW))
    return stored


def subjects(database: SqlDatabase, wanted: AuditFilter, *, before: int | None = None, most: int = 9) -> Sequence[str]:
    with database.read() as work:
        return [link.entry.subject for link in work.audit.latest(CHAIN, wanted, before=before, most=most)]


def test_one_persons_changes_alone(written: SqlDatabase) -> None:
    assert subjects(written, AuditFilter(actor="acme/ada")) == ["5", "3", "1"]
    assert subjects(written, AuditFilter(actor="acme/a_a")) == []
    assert subjects(written, AuditFilter(actor="ACME/ADA")) == []


def test_a_period_begins_with_its_first_second_and_ends_before_its_last(written: SqlDatabase) -> None:
    assert subjects(written, AuditFilter(since=NOW + 2 * DAY, until=NOW + 4 * DAY)) == ["3", "2"]
    assert subjects(written, AuditFilter(since=NOW + 4 * DAY + 1)) == ["5"]
    assert subjects(written, AuditFilter(until=NOW)) == []
    assert subjects(written, AuditFilter(since=NOW + 99 * DAY)) == []


def test_filters_combine_and_their_next_page_goes_on(written: SqlDatabase) -> None:
    wanted = AuditFilter(actor="acme/ada", since=NOW + DAY, action=SWITCHED.action)
    with written.read() as work:
        (newest,) = work.audit.latest(CHAIN, wanted, most=1)
    assert newest.entry.subject == "5"
    assert subjects(written, wanted, before=newest.position) == ["3", "1"]


def test_an_export_has_the_same_oldest_first(written: SqlDatabase) -> None:
    with written.read() as work:
        found = work.audit.page(CHAIN, AuditFilter(actor="staff/sam", until=NOW + 4 * DAY), after=0, most=9)
    assert [link.entry.subject for link in found] == ["0", "2"]


@pytest.mark.parametrize("actor", unstorable())
def test_somebody_whom_no_database_holds_has_changed_nothing(written: SqlDatabase, actor: str) -> None:
    assert subjects(written, AuditFilter(actor=actor)) == []


@pytest.fixture
def crowded(stored: SqlDatabase) -> SqlDatabase:
    record(stored, *(entry(number) for number in range(MANY)))
    record(stored, *(replace(GLOBEX_SWITCHED, at=NOW + number) for number in range(MANY)))
    with stored.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return stored


def test_one_persons_changes_are_found_by_the_index_of_people(crowded: SqlDatabase) -> None:
    wanted = listing(("before", "actor"), newest_first=True)
    plan = plan_of(crowded, wanted, wanted=CHAIN, before=2**62, actor="staff/nobody", most=51)
    assert "ix_audit_entries_chain_actor_id" in plan, plan
    assert "Sort" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize(("statement", "bound"), [(FIRST_SINCE, "since"), (LAST_UNTIL, "until")])
def test_the_ends_of_a_period_are_found_by_the_index_of_times(
    crowded: SqlDatabase, statement: object, bound: str
) -> None:
    plan = plan_of(crowded, statement, wanted=CHAIN, **{bound: NOW + 3 * DAY})  # type: ignore[arg-type]  # a select
    assert "ix_audit_entries_chain_at" in plan, plan
    assert "Seq Scan" not in plan, plan
