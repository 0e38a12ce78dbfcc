from dataclasses import replace

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.traces.trace import Trace
from app.services.traces.traces import TraceService
from tests.contracts.samples import NOW, TRACE, StoppedClock, unstorable
from tests.unit.adapters.provider.fake_ports import FakeRandomness, FakeSealer

SUCCESS = replace(TRACE, at=NOW + 1, reason=None, details={})
UNCORRELATED = Trace(
    reference="A", at=NOW, tenant_id=None, tenant=None, connection=None, method=Method.SSO,
    reason=ReasonCode.STATE_MISSING, correlated=False,
)  # fmt: skip


def kept(database: SqlDatabase, *some: Trace) -> list[str]:
    with database.read() as work:
        return [trace.reference for trace in some if work.traces.get(trace.reference)]


@pytest.mark.parametrize("trace", [TRACE, SUCCESS, UNCORRELATED])
def test_a_trace_comes_back_as_it_was_added(database: SqlDatabase, trace: Trace) -> None:
    with database.write() as work:
        work.traces.add(trace)
    with database.read() as work:
        assert work.traces.get(trace.reference) == trace
        assert work.traces.get("nothing") is None


def test_whatever_a_provider_said_can_be_kept(database: SqlDatabase) -> None:
    odd = replace(TRACE, details={"error_description": "'; \x00 \ud800 \u2028 ümlaut"})
    with database.write() as work:
        work.traces.add(odd)
    with database.read() as work:
        assert work.traces.get(odd.reference) == odd


def test_a_second_try_of_an_attempt_replaces_the_first(database: SqlDatabase) -> None:
    with database.write() as work:
        work.traces.add(TRACE)
        work.traces.add(SUCCESS)
    with database.read() as work:
        assert work.traces.get(TRACE.reference) == SUCCESS


def test_a_replay_does_not_hide_the_success(database: SqlDatabase) -> None:
    with database.write() as work:
        work.traces.add(SUCCESS)
        work.traces.add(replace(TRACE, reason=ReasonCode.ATTEMPT_USED, at=NOW + 2))
    with database.read() as work:
        assert work.traces.get(TRACE.reference) == SUCCESS


def test_old_traces_are_forgotten_bound_or_not(database: SqlDatabase) -> None:
    old = [replace(trace, reference=f"old-{trace.correlated}", at=NOW - 1) for trace in (TRACE, UNCORRELATED)]
    with database.write() as work:
        for trace in (*old, TRACE, UNCORRELATED):
            work.traces.add(trace)
        assert work.traces.trim(before=NOW, uncorrelated_most=10, most=9) == 2
    assert kept(database, *old, TRACE, UNCORRELATED) == [TRACE.reference, UNCORRELATED.reference]


def test_only_the_newest_uncorrelated_traces_are_kept(database: SqlDatabase) -> None:
    ring = [replace(UNCORRELATED, reference=f"ring-{age}", at=NOW - age) for age in range(5)]
    with database.write() as work:
        for trace in (*ring, replace(TRACE, at=NOW - 100)):
            work.traces.add(trace)
        assert work.traces.trim(before=0.0, uncorrelated_most=2, most=9) == 3
        assert work.traces.trim(before=0.0, uncorrelated_most=2, most=9) == 0
    assert kept(database, *ring, TRACE) == ["ring-0", "ring-1", TRACE.reference]


def test_a_million_old_traces_are_forgotten_in_many_short_transactions(database: SqlDatabase) -> None:
    """In one, logins would wait for seconds."""
    old = [
        replace(trace, reference=f"old-{trace.correlated}-{n}", at=NOW - 1)
        for trace in (TRACE, UNCORRELATED)
        for n in range(5)
        for trace in (TRACE, UNCORRELATED)
        for n in range(5)
    ]
    with database.write() as work:
        for trace in (*old, replace(TRACE, at=NOW + 1)):
            work.traces.add(trace)
    with database.write() as work:
        assert work.traces.trim(before=NOW, uncorrelated_most=10, most=2) == 4, "two of each kind"
    clock = StoppedClock()
    clock.time = NOW + 30 * 86_400
    service = TraceService(database, clock, FakeRandomness(), FakeSealer())
    assert [service.forget_some(2, days=30) for _ in range(3)] == [4, 2, 0]
    assert kept(database, *old, TRACE) == [TRACE.reference]


@pytest.mark.parametrize("text", unstorable())
def test_a_reference_that_no_database_can_hold_is_unknown(database: SqlDatabase, text: str) -> None:
    with database.read() as work:
        assert work.traces.get(text) is None
