import pytest

from app.adapters.http.exchange import Exchange
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode


def exchange(*, now: float = 0.0, max_bytes: int = 1000) -> Exchange:
    return Exchange("idp.example", 10.0, lambda: now, max_bytes)


def test_what_is_left_shrinks_to_the_deadline() -> None:
    assert exchange(now=4.0).left() == 6.0


@pytest.mark.parametrize("now", [10.0, 11.0])
def test_after_the_deadline_nothing_is_left(now: float) -> None:
    with pytest.raises(SsoError) as stopped:
        exchange(now=now).left()
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    assert stopped.value.details == {"host": "idp.example", "error": "no response in time"}


def test_a_half_answer_is_told_from_none() -> None:
    half = exchange()
    half.count(5)
    assert half.too_slow().details["error"] == "the response was not completed in time"


def test_a_head_may_have_64_kilobytes() -> None:
    one = exchange()
    one.count(65_536)
    with pytest.raises(SsoError) as stopped:
        one.count(1)
    assert stopped.value.code is ReasonCode.ANSWER_TOO_LARGE


def test_a_body_has_room_for_its_framing_and_no_more() -> None:
    one = exchange()
    one.count(100)
    one.expect_body()
    one.count(65_536 + 2000)
    with pytest.raises(SsoError):
        one.count(1)


def test_a_second_try_is_counted_anew() -> None:
    one = exchange()
    one.count(60_000)
    one.begin()
    one.count(60_000)
    assert one.received == 60_000
