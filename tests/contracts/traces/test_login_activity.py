"""A tenant's logins as its activity pages ask for them, and what the questions cost."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import insert

from app.adapters.sql.traces import login_activity
from app.adapters.sql.traces.login_activity import LoginCountRow
from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import Outcome
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status
from app.domain.traces.activity import QUARTER_S, Ended, LoginFilter, ProviderRecord, quarter_of
from app.domain.traces.trace import Step, Trace
from tests.contracts.plans import plan_of
from tests.contracts.samples import ACME, ALICE, BOB, GLOBEX, NOW, SPARE, TRACE, unstorable

QUARTER = quarter_of(NOW)
EVERYTHING = LoginFilter()
GOOD = replace(TRACE, reason=None, details={}, account_id=BOB.id, steps=(Step("session", NOW, 1, ok=True),))
TEST = replace(GOOD, details={"purpose": Purpose.TEST.value})
RING = replace(TRACE, correlated=False)
TIMEOUT = replace(TRACE, reason=ReasonCode.PROVIDER_TIMEOUT, steps=(Step("token", NOW, 1, ok=False),))
NOBODY = replace(TRACE, reason=ReasonCode.NO_ACCOUNT, steps=(Step("account", NOW, 1, ok=False),))
WRONG = replace(
    TRACE, method=Method.PASSWORD, connection=None, reason=ReasonCode.WRONG_PASSWORD, account_id=ALICE.id, details={}
)


def keep(database: SqlDatabase, traces: Mapping[str, tuple[Trace, float]]) -> None:
    """By reference: what it is like, and how many seconds ago it was."""
    with database.write() as work:
        for reference, (trace, age) in traces.items():
            work.traces.add(replace(trace, reference=reference, at=NOW - age))


def listed(database: SqlDatabase, wanted: LoginFilter = EVERYTHING, **page: object) -> list[str]:
    with database.read() as work:
        found = work.login_activity.page(ACME.id, wanted, **{"most": 99, **page})  # type: ignore[arg-type]  # its own
    return [trace.reference for trace in found]


@pytest.fixture
def several(stored: SqlDatabase) -> SqlDatabase:
    keep(
        stored,
        {
            "GOOD": (GOOD, 1),
            "MISMATCH": (TRACE, 2),
            "TIMEOUT": (replace(TIMEOUT, connection=SPARE.name), 3),
            "WRONG": (WRONG, 4),
            "TEST": (TEST, 5),
            "RING": (RING, 6),
            "OTHERS": (replace(GOOD, tenant_id=GLOBEX.id), 7),
        },
    )
    return stored


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (LoginFilter(), ["GOOD", "MISMATCH", "TIMEOUT", "WRONG", "TEST"]),
        (LoginFilter(ended=Ended.SIGNED_IN), ["GOOD"]),
        (LoginFilter(ended=Ended.UNSUCCESSFUL), ["MISMATCH", "TIMEOUT", "WRONG"]),
        (LoginFilter(ended=Ended.REFUSED), ["MISMATCH", "WRONG"]),
        (LoginFilter(ended=Ended.FAILED), ["TIMEOUT"]),
        (LoginFilter(reason=ReasonCode.WRONG_PASSWORD), ["WRONG"]),
        (LoginFilter(ended=Ended.FAILED, reason=ReasonCode.WRONG_PASSWORD), []),
        (LoginFilter(method=Method.PASSWORD), ["WRONG"]),
        (LoginFilter(connection=SPARE.name), ["TIMEOUT"]),
        (LoginFilter(account_id=BOB.id), ["GOOD", "TEST"]),
        (LoginFilter(account_id=ALICE.id), ["WRONG"]),
        (LoginFilter(since=NOW - 2, until=NOW - 1), ["MISMATCH"]),
    ],
)
def test_each_filter_finds_its_logins_of_this_tenant_newest_first(
    several: SqlDatabase, wanted: LoginFilter, expected: list[str]
) -> None:
    assert listed(several, wanted) == expected


def test_logins_of_one_moment_come_page_by_page(stored: SqlDatabase) -> None:
    keep(stored, {f"R-{number}": (GOOD, 0) for number in range(5)})
    seen: list[str] = []
    while page := listed(stored, most=2, before=(NOW, seen[-1]) if seen else None):
        seen += page
    assert seen == [f"R-{number}" for number in reversed(range(5))]


@pytest.mark.parametrize("text", unstorable())
def test_what_no_database_can_hold_is_found_nowhere(stored: SqlDatabase, text: str) -> None:
    assert listed(stored, LoginFilter(connection=text)) == []
    assert listed(stored, before=(NOW, text)) == []


def records(database: SqlDatabase) -> list[ProviderRecord]:
    with database.read() as work:
        return list(work.login_activity.provider_records([ACME.id])[ACME.id])


def test_a_provider_fails_since_the_first_failure_after_its_last_success(stored: SqlDatabase) -> None:
    assert records(stored) == [ProviderRecord("main", None, None), ProviderRecord("spare", None, None)]
    keep(stored, {"OLD": (TIMEOUT, 9), "GOOD": (GOOD, 8), "FIRST": (TIMEOUT, 7), "SECOND": (TIMEOUT, 6)})
    assert records(stored) == [ProviderRecord("main", NOW - 8, NOW - 7), ProviderRecord("spare", None, None)]
    keep(stored, {"NOBODY": (NOBODY, 5)})
    assert records(stored)[0] == ProviderRecord("main", NOW - 5, None), "it answered, whoever it was"


def test_what_a_stranger_or_a_test_causes_says_nothing_about_the_provider(stored: SqlDatabase) -> None:
    invented = replace(TRACE, reason=ReasonCode.GRANT_REFUSED, steps=(Step("token", NOW, 1, ok=False),))
    said_by_browser = replace(TRACE, reason=ReasonCode.CLIENT_REFUSED, steps=(Step("response", NOW, 1, ok=False),))
    ring = replace(TIMEOUT, correlated=False)
    a_test = replace(TIMEOUT, details={"purpose": Purpose.TEST.value})
    keep(stored, {"A": (invented, 1), "B": (said_by_browser, 2), "C": (ring, 3), "D": (a_test, 4), "E": (TEST, 5)})
    assert records(stored)[0] == ProviderRecord("main", None, None)


def test_a_connection_that_is_switched_off_has_no_record(stored: SqlDatabase) -> None:
    with stored.write() as work:
        work.connections.save(replace(SPARE, status=Status.DISABLED))
    assert [record.connection for record in records(stored)] == ["main"]


def test_unsuccessful_logins_are_counted_up_to_a_number(several: SqlDatabase) -> None:
    with several.read() as work:
        count = work.login_activity.unsuccessful
        assert count([ACME.id, GLOBEX.id], since=NOW - 99, most=99) == {ACME.id: 3, GLOBEX.id: 0}
        assert count([ACME.id], since=NOW - 3, most=99) == {ACME.id: 2}
        assert count([ACME.id], since=NOW - 99, most=2) == {ACME.id: 2}


def counted(database: SqlDatabase, *, all_tenants: bool = False) -> dict[tuple[int, Outcome], int]:
    with database.read() as work:
        counts = work.login_activity.counts(None if all_tenants else ACME.id, since=0, until=2**40)
    return {(count.begins_at - QUARTER, count.outcome): count.logins for count in counts}


def test_logins_are_counted_by_the_quarter_once_whoever_asks(several: SqlDatabase) -> None:
    keep(several, {"BEFORE": (GOOD, QUARTER_S), "SAME": (GOOD, 0), "LATER": (GOOD, -QUARTER_S)})
    with several.read() as work:
        assert work.login_activity.counted_until() == QUARTER - QUARTER_S
    for _ in range(3):
        with several.write() as work:
            work.login_activity.count(until=QUARTER + QUARTER_S, quarters=1)
    assert counted(several) == {
        (-QUARTER_S, Outcome.SIGNED_IN): 1,
        (0, Outcome.SIGNED_IN): 2,
        (0, Outcome.REFUSED): 2,
        (0, Outcome.FAILED): 1,
    }
    assert counted(several, all_tenants=True)[0, Outcome.SIGNED_IN] == 3
    with several.read() as work:
        assert work.login_activity.counted_until() == QUARTER + QUARTER_S
        (rest,) = work.login_activity.not_yet_counted(ACME.id, begins_at=QUARTER + QUARTER_S)
        assert (rest.outcome, rest.logins) == (Outcome.SIGNED_IN, 1)
        both = work.login_activity.not_yet_counted(None, begins_at=QUARTER)
        assert sum(count.logins for count in both) == 6


def test_counts_say_how_much_is_left_and_are_forgotten(several: SqlDatabase) -> None:
    with several.write() as work:
        assert work.login_activity.count(until=QUARTER + 2 * QUARTER_S, quarters=1) is True
        assert work.login_activity.count(until=QUARTER + 2 * QUARTER_S, quarters=1) is False
        assert work.login_activity.forget_counts(before=QUARTER + 1, most=1000) > 0
    assert counted(several) == {}


def test_where_nobody_has_logged_in_there_is_nothing_to_count(stored: SqlDatabase) -> None:
    with stored.write() as work:
        assert work.login_activity.counted_until() is None
        assert work.login_activity.count(until=QUARTER, quarters=9) is False


@pytest.fixture
def crowded(stored: SqlDatabase) -> SqlDatabase:
    """2,000 logins in each of two tenants."""
    with stored.write() as work:
        for number in range(2000):
            kind = (GOOD, GOOD, GOOD, WRONG, TIMEOUT)[number % 5]
            for tenant in (ACME, GLOBEX):
                work.traces.add(
                    replace(kind, reference=f"{tenant.slug}-{number}", at=NOW - 60 * number, tenant_id=tenant.id)
                )
        work.login_activity.count(until=QUARTER + QUARTER_S, quarters=999)
    others = [
        {"tenant_id": f"other-{number}", "begins_at": QUARTER - back * QUARTER_S, "outcome": "signed_in", "logins": 1}
        for number in range(500)
        for back in range(8)
    ]
    with stored.engine.begin() as connection:
        connection.execute(insert(LoginCountRow), others)
    with stored.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return stored


PAGE = {"tenant": ACME.id, "most": 50, "at": NOW, "reference": "x"}


@pytest.mark.parametrize(
    ("conditions", "given", "index"),
    [
        ((), {}, "ix_traces_tenant_id_at"),
        (("ended", "unsuccessful"), {"ended": "failed"}, "ix_traces_unsuccessful"),
        (("account_id",), {"account_id": BOB.id}, "ix_traces_tenant_id_account_id_at"),
    ],
)
def test_a_page_of_logins_is_read_along_an_index(
    crowded: SqlDatabase, conditions: tuple[str, ...], given: Mapping[str, object], index: str
) -> None:
    plan = plan_of(crowded, login_activity.listing((*conditions, "before", "last")), **PAGE, **given)
    assert index in plan, plan
    assert "SCAN traces" not in plan
    assert "Seq Scan" not in plan


def test_a_list_of_tenants_reads_a_few_entries_of_an_index_for_each(crowded: SqlDatabase) -> None:
    records = plan_of(crowded, login_activity.PROVIDER_RECORDS, tenants=[ACME.id, GLOBEX.id])
    failures = plan_of(crowded, login_activity.UNSUCCESSFUL, tenants=[ACME.id, GLOBEX.id], since=NOW - 60, most=1000)
    assert "ix_traces_tenant_id_connection_provider_state_at" in records, records
    assert "ix_traces_unsuccessful" in failures, failures
    for plan in (records, failures):
        assert "SCAN traces" not in plan, plan
        assert "Seq Scan on traces" not in plan, plan


def test_the_chart_reads_counts_and_only_the_newest_logins(crowded: SqlDatabase) -> None:
    of_one = {"begins_at": QUARTER, "ends_at": QUARTER + QUARTER_S}
    plans = {
        "pk_login_counts|sqlite_autoindex_login_counts": plan_of(
            crowded, login_activity.COUNTS, tenant=ACME.id, since=QUARTER - 4 * QUARTER_S, until=QUARTER
        ),
        "ix_traces_tenant_id_at": plan_of(crowded, login_activity.NOT_YET_COUNTED, tenant=ACME.id, **of_one),
        "ix_traces_bound_at": plan_of(crowded, login_activity.NOT_YET_COUNTED_OF_ALL, **of_one),
    }
    for indexes, plan in plans.items():
        assert any(index in plan for index in indexes.split("|")), plan
        assert "SCAN traces" not in plan, plan
        assert "Seq Scan on traces" not in plan, plan
