"""Guesses at a client's secret are counted, on all workers together."""

from dataclasses import replace

import pytest

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.services.oauth2.client_authentication import ROOM_S
from app.services.oauth2.limits import FAILURES_MOST, WINDOW_S
from tests.threats.oauth2.door import SECRET, Door


def test_guesses_at_a_secret_are_limited_by_client_and_address(door: Door) -> None:
    right = {"client_id": "desk", "client_secret": SECRET}
    for _ in range(FAILURES_MOST):
        door.refusal({**right, "client_secret": "a guess"})
    with pytest.raises(SsoError) as stopped:
        door.knock(right)
    assert stopped.value.code is ReasonCode.THROTTLED
    assert door.knock(right, client_ip="198.51.100.7").client_id == "desk"  # the real one is not locked out
    assert door.knock({"client_id": "phone"}).client_id == "phone"
    door.world.clock.forward(WINDOW_S + 1)
    assert door.knock(right).client_id == "desk"


def test_of_guesses_spread_over_workers_each_worker_lets_one_more_through(door: Door) -> None:
    """A worker at which the client has just been does not ask the counters again until a guess has failed there."""
    body, wrong = {"client_id": "desk", "client_secret": SECRET}, {"client_id": "desk", "client_secret": "wrong"}
    other = replace(door, authenticator=replace(door.authenticator, _had_room={}))
    other.knock(body)
    for _ in range(FAILURES_MOST):
        assert door.refusal(wrong).code == "invalid_client"
    assert other.refusal(wrong).code == "invalid_client", "the one more"
    for one in (door, other):
        with pytest.raises(SsoError) as stopped:
            one.knock(body)
        assert stopped.value.code is ReasonCode.THROTTLED


def test_a_client_that_is_guessed_at_elsewhere_is_throttled_soon_everywhere(door: Door) -> None:
    body, wrong = {"client_id": "desk", "client_secret": SECRET}, {"client_id": "desk", "client_secret": "wrong"}
    other = replace(door, authenticator=replace(door.authenticator, _had_room={}))
    other.knock(body)
    for _ in range(FAILURES_MOST):
        door.refusal(wrong)
    other.knock(body)
    door.world.clock.forward(ROOM_S)
    with pytest.raises(SsoError):
        other.knock(body)


def test_successes_are_not_counted(door: Door) -> None:
    for _ in range(FAILURES_MOST + 5):
        door.knock({"client_id": "desk", "client_secret": SECRET})
