"""Every login attempt explains itself: each step with its time, the reason, and what to do."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import pytest

from app.domain.accounts.held import LoginHeld
from app.domain.errors import Detail, NotFound
from app.domain.reasons.codes import ReasonCode
from app.domain.traces.trace import LoginStopped, Step
from app.ports.repositories import Database
from app.services.traces.traces import (
    RATE_LIMITED_PER_MINUTE,
    UNCORRELATED_PER_MINUTE,
    TraceService,
    as_written,
    explain,
)
from tests.unit.adapters.provider.fake_ports import FakeRandomness, FakeSealer
from tests.unit.services.traces.kept_traces import ACME, HELD, MAIN, NOW, Kept, SteppedClock, log_of, stop


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def service(kept: Kept, clock: SteppedClock) -> TraceService:
    return TraceService(cast("Database", kept), clock, FakeRandomness(), FakeSealer())


def test_each_step_has_its_time_and_how_long_it_took(clock: SteppedClock) -> None:
    log = log_of(clock)
    clock.forward(0.25)
    log.begin("token")
    log.note("200")
    clock.forward(1.5)
    log.begin("session")
    clock.forward(0.001)
    assert log.finished().steps == (
        Step(step="request", at=NOW, took_ms=250, ok=True),
        Step(step="token", at=NOW + 0.25, took_ms=1500, ok=True, note="200"),
        Step(step="session", at=NOW + 1.75, took_ms=1, ok=True),
    )


def test_a_step_takes_no_negative_time_though_the_wall_clock_is_set_back(clock: SteppedClock) -> None:
    log = log_of(clock)
    clock.ticks += 0.5
    clock.wall -= 3600
    assert log.finished().steps[0].took_ms == 500


def test_the_step_that_was_under_way_is_the_one_that_failed(clock: SteppedClock) -> None:
    log = log_of(clock)
    log.begin("token")
    log.begin("id_token")
    trace = log.finished(ReasonCode.ISSUER_MISMATCH, {"expected": "a", "received": "b"})
    assert [(step.step, step.ok) for step in trace.steps] == [("request", True), ("token", True), ("id_token", False)]
    assert trace.reason is ReasonCode.ISSUER_MISMATCH
    assert trace.details == {"expected": "a", "received": "b"}


def test_a_trace_says_whose_login_it_was(clock: SteppedClock) -> None:
    trace = log_of(clock).finished()
    assert (trace.tenant_id, trace.tenant, trace.connection) == (ACME.id, "acme", "main")
    assert trace.correlated


def test_a_login_that_goes_on_in_another_request_keeps_its_earlier_steps(clock: SteppedClock) -> None:
    before = (Step(step="token", at=NOW - 60, took_ms=87, ok=True),)
    log = log_of(clock, reference="NEWW-REFR-NC", correlated=False)
    log.resume("7K3Q-9MWT-2X", before, connection=MAIN)
    log.begin("session")
    trace = log.finished()
    assert [step.step for step in trace.steps] == ["token", "request", "session"]
    assert trace.reference == "7K3Q-9MWT-2X"
    assert trace.correlated


def test_the_secrets_of_an_attempt_are_hidden_in_what_a_provider_says(clock: SteppedClock) -> None:
    log = log_of(clock)
    log.belongs_to("7K3Q-9MWT-2X", hide=("the-code", ""))
    said: Mapping[str, Detail] = {"error": "bad the-code", "claims": ["the-code", "sub"], "status": 400, "skew_s": None}
    assert log.finished(ReasonCode.GRANT_REFUSED, said).details == {
        "error": "bad …",
        "claims": ["…", "sub"],
        "status": 400,
        "skew_s": None,
    }


def test_a_login_that_goes_well_is_left_alone(service: TraceService, kept: Kept, clock: SteppedClock) -> None:
    with service.ending(log_of(clock)):
        pass
    assert kept.added == {}


def test_a_login_that_stops_is_recorded_and_says_why(service: TraceService, kept: Kept, clock: SteppedClock) -> None:
    stopped = stop(service, log_of(clock), candidates=0)
    assert stopped.code is ReasonCode.NO_ACCOUNT
    assert kept.added == {"7K3Q-9MWT-2X": stopped.trace}
    assert stopped.trace.details == {"candidates": 0}


def test_a_bug_of_ours_is_recorded_by_the_name_of_its_error_alone(
    service: TraceService, kept: Kept, clock: SteppedClock
) -> None:
    with pytest.raises(LoginStopped) as stopped, service.ending(log_of(clock)):
        raise KeyError("a secret that was looked up")
    assert stopped.value.code is ReasonCode.INTERNAL
    assert stopped.value.trace.details == {"error": "KeyError"}
    assert "secret" not in repr(kept.added)


def test_a_login_that_is_held_is_put_before_the_tenants_admin(
    service: TraceService, kept: Kept, clock: SteppedClock
) -> None:
    with pytest.raises(LoginStopped) as stopped, service.ending(log_of(clock)):
        raise LoginHeld(HELD)
    assert stopped.value.code is ReasonCode.HELD_NEW_SUBJECT
    assert kept.waiting == [HELD]
    assert list(kept.added) == ["7K3Q-9MWT-2X"]


def test_a_refusal_stays_the_same_refusal_while_the_database_is_away(
    service: TraceService, kept: Kept, clock: SteppedClock
) -> None:
    kept.away = True
    assert stop(service, log_of(clock)).code is ReasonCode.NO_ACCOUNT


def test_a_flood_of_requests_that_no_login_stands_behind_is_not_all_kept(
    service: TraceService, kept: Kept, clock: SteppedClock
) -> None:
    for number in range(UNCORRELATED_PER_MINUTE + 50):
        log = log_of(clock, reference=str(number), correlated=False)
        assert stop(service, log, ReasonCode.ATTEMPT_UNKNOWN).code is ReasonCode.ATTEMPT_UNKNOWN
    assert len(kept.added) == UNCORRELATED_PER_MINUTE
    assert set(kept.trims) == {1000}, "as docs/reference.md says; not whatever the code calls it"


def test_during_such_a_flood_logins_of_ours_are_kept(service: TraceService, kept: Kept, clock: SteppedClock) -> None:
    for number in range(UNCORRELATED_PER_MINUTE + 1):
        stop(service, log_of(clock, reference=str(number), correlated=False))
    stop(service, log_of(clock))
    assert "7K3Q-9MWT-2X" in kept.added


def test_a_minute_after_such_a_flood_everything_is_kept_again(
    service: TraceService, kept: Kept, clock: SteppedClock
) -> None:
    for number in range(UNCORRELATED_PER_MINUTE + 1):
        stop(service, log_of(clock, reference=str(number), correlated=False))
    clock.forward(60)
    stop(service, log_of(clock, reference="later", correlated=False))
    assert "later" in kept.added


@pytest.mark.parametrize("typed", ["7K3Q-9MWT-2X", " 7k3q-9mwt-2x\n"])
def test_a_trace_is_found_by_its_reference_as_a_person_types_it(
    typed: str, service: TraceService, clock: SteppedClock
) -> None:
    stopped = stop(service, log_of(clock))
    assert service.get(typed) is stopped.trace


def test_a_reference_that_nobody_got_is_not_found(service: TraceService) -> None:
    with pytest.raises(NotFound) as missing:
        service.get("0000-0000-00")
    assert missing.value.what == "trace"


def test_a_failed_login_is_explained_with_its_remedy(clock: SteppedClock) -> None:
    log = log_of(clock)
    log.begin("id_token")
    clock.forward(0.002)
    shown = explain(log.finished(ReasonCode.TOKEN_EXPIRED, {"skew_s": 312.5}))
    assert shown["outcome"] == "refused"
    assert shown["reason"] == "token_expired"
    assert "312.5" in str(shown["summary"])
    assert shown["remedy"]
    assert shown["details"] == {"skew_s": 312.5}
    assert shown["steps"] == [
        {"step": "request", "at": NOW, "took_ms": 0, "ok": True, "note": ""},
        {"step": "id_token", "at": NOW, "took_ms": 2, "ok": False, "note": ""},
    ]


def test_a_login_that_went_well_is_explained_too(clock: SteppedClock) -> None:
    shown = explain(log_of(clock).finished())
    assert (shown["outcome"], shown["reason"], shown["summary"], shown["remedy"]) == (
        "signed_in",
        None,
        "Signed in.",
        "",
    )
    assert (shown["tenant"], shown["connection"], shown["method"]) == ("acme", "main", "sso")


def test_a_request_that_belongs_to_no_tenant_is_explained_without_one(clock: SteppedClock) -> None:
    shown = explain(replace(log_of(clock).finished(ReasonCode.STATE_MISSING), tenant=None, connection=None))
    assert (shown["tenant"], shown["connection"], shown["reason"]) == (None, None, "state_missing")


def test_a_flood_of_starts_that_fail_is_not_all_kept(service: TraceService, kept: Kept, clock: SteppedClock) -> None:
    for number in range(RATE_LIMITED_PER_MINUTE + 50):
        log = log_of(clock, reference=str(number))
        log.rate_limited = True
        stop(service, log, ReasonCode.PROVIDER_UNREACHABLE)
    assert len(kept.added) == RATE_LIMITED_PER_MINUTE


@pytest.mark.parametrize("typed", ["7k3q9mwt2x", " 7K3Q-9MWT-2X ", "7K3Q 9MWT 2X"])
def test_a_reference_is_found_as_people_type_it(
    service: TraceService, kept: Kept, clock: SteppedClock, typed: str
) -> None:
    stop(service, log_of(clock))
    assert service.get(typed).reference == "7K3Q-9MWT-2X"


def test_letters_that_sound_like_digits_are_digits() -> None:
    assert as_written("oIl0") == "0110--"
