import pytest

from app.adapters.http.circuit import Circuits
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

AWAY = SsoError(ReasonCode.PROVIDER_UNREACHABLE, host="idp.example", error="the connection was refused")


def broken(*, at: float = 0.0, failures: int = 5, error: SsoError = AWAY) -> Circuits:
    circuits = Circuits()
    for _ in range(failures):
        circuits.failed("a", "idp.example", error, now=at)
    return circuits


def test_four_failures_in_a_row_change_nothing() -> None:
    broken(failures=4).check("a", "idp.example", now=0.0)


def test_after_five_the_last_failure_is_repeated_at_once() -> None:
    with pytest.raises(SsoError) as stopped:
        broken().check("a", "idp.example", now=9.9)
    assert stopped.value.code is ReasonCode.PROVIDER_UNREACHABLE
    assert stopped.value.details == {**AWAY.details, "circuit": "open"}


@pytest.mark.parametrize(("bulkhead_key", "host"), [("b", "idp.example"), ("a", "other.example")])
def test_another_bulkhead_and_another_host_go_on(bulkhead_key: str, host: str) -> None:
    broken().check(bulkhead_key, host, now=0.0)


def test_after_ten_seconds_one_request_tries_and_the_rest_wait() -> None:
    circuits = broken()
    circuits.check("a", "idp.example", now=10.0)
    with pytest.raises(SsoError):
        circuits.check("a", "idp.example", now=10.0)


def test_a_try_that_succeeds_lets_everybody_in() -> None:
    circuits = broken()
    circuits.check("a", "idp.example", now=10.0)
    circuits.succeeded("a", "idp.example")
    circuits.check("a", "idp.example", now=10.0)
    circuits.check("a", "idp.example", now=10.0)


def test_a_try_that_fails_after_hanging_waits_ten_seconds_more() -> None:
    circuits = broken()
    circuits.check("a", "idp.example", now=10.0)
    circuits.failed("a", "idp.example", AWAY, now=20.0)
    with pytest.raises(SsoError):
        circuits.check("a", "idp.example", now=29.9)
    circuits.check("a", "idp.example", now=30.0)


def test_a_try_that_never_reports_does_not_close_the_way_for_ever() -> None:
    circuits = broken()
    circuits.check("a", "idp.example", now=10.0)
    circuits.check("a", "idp.example", now=20.0)


def test_requests_that_hung_all_along_do_not_prolong_it() -> None:
    circuits = broken()
    circuits.failed("a", "idp.example", AWAY, now=9.0)
    circuits.check("a", "idp.example", now=10.0)


def test_a_success_in_between_starts_the_count_anew() -> None:
    circuits = broken(failures=4)
    circuits.succeeded("a", "idp.example")
    circuits.failed("a", "idp.example", AWAY, now=0.0)
    circuits.check("a", "idp.example", now=0.0)


@pytest.mark.parametrize("code", [ReasonCode.ANSWER_INVALID, ReasonCode.ANSWER_TOO_LARGE, ReasonCode.ADDRESS_REFUSED])
def test_what_a_provider_says_does_not_count_as_being_away(code: ReasonCode) -> None:
    broken(error=SsoError(code)).check("a", "idp.example", now=0.0)


def test_memory_is_bounded() -> None:
    circuits = Circuits()
    for number in range(10_050):
        circuits.failed(f"bulkhead {number}", "idp.example", AWAY, now=0.0)
    assert len(circuits._circuits) == 10_000
