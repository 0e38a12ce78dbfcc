from dataclasses import replace
from math import inf, nan

import pytest

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import ANNOUNCED_S, LATEST_S, PlannedSwitch, note_problem, time_problem

NOW = 1_795_240_000.0
PLAN = PlannedSwitch(
    LoginPolicy.SSO_ONLY, at=NOW + ANNOUNCED_S, actor="staff/sam", address="192.0.2.1", reason="ticket 4711"
)


@pytest.mark.parametrize("at", [NOW, NOW - 1, NOW + LATEST_S + 1, inf, -inf, nan])
def test_a_time_that_makes_no_sense_is_refused(at: float) -> None:
    assert time_problem(at, now=NOW)


@pytest.mark.parametrize("at", [NOW + 1, NOW + LATEST_S])
def test_a_switch_may_be_planned_for_any_time_of_the_next_ninety_days(at: float) -> None:
    assert time_problem(at, now=NOW) is None


def test_a_switch_is_announced_two_weeks_before_and_until_it_is_done() -> None:
    assert not PLAN.announced(NOW - 1)
    assert PLAN.announced(NOW)
    assert PLAN.announced(PLAN.at + 3600)


def test_a_way_back_is_announced_to_nobody() -> None:
    assert not replace(PLAN, policy=LoginPolicy.PASSWORD).announced(NOW)


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 501, "\x1b[2J", "\ud800"])
def test_a_reason_says_something_in_one_line(reason: str) -> None:
    assert note_problem(reason, required=True)


@pytest.mark.parametrize("note", ["", "as agreed with Ada", "wie besprochen: 8 Uhr"])
def test_a_note_may_be_empty(note: str) -> None:
    assert note_problem(note, required=False) is None
