from app.domain.tenants.login_policy import Method
from app.domain.traces.trace import Step, Trace
from app.domain.traces.trace_comparison import Took, claims_of, missing_claims, side_by_side, took


def trace(*steps: tuple[str, int], claims: list[str] | None = None) -> Trace:
    return Trace(
        reference="7K3Q-9MWT-2X",
        at=0.0,
        tenant_id=None,
        tenant=None,
        connection=None,
        method=Method.SSO,
        reason=None,
        details={} if claims is None else {"claims": claims},
        steps=tuple(Step(step=name, at=0.0, took_ms=took_ms, ok=True) for name, took_ms in steps),
    )


GOOD = trace(("policy", 1), ("token", 80), ("id_token", 2), ("session", 3), claims=["sub", "email", "name"])


def test_time_at_the_provider_and_our_own_are_told_apart() -> None:
    assert took(GOOD) == Took(ours=6, provider=80)
    assert took(GOOD).total == 86


def test_steps_stand_side_by_side_and_those_not_reached_come_last() -> None:
    pairs = side_by_side(trace(("policy", 1), ("token", 90), ("userinfo", 5)), GOOD)
    assert [(pair.name, pair.this is not None, pair.good is not None) for pair in pairs] == [
        ("policy", True, True),
        ("token", True, True),
        ("userinfo", True, False),
        ("id_token", False, True),
        ("session", False, True),
    ]
    assert [pair.name for pair in pairs if pair.at_provider] == ["token", "userinfo"]


def test_a_step_that_came_twice_is_paired_in_its_turn() -> None:
    pairs = side_by_side(trace(("choice", 1), ("choice", 2)), trace(("choice", 3)))
    assert [pair.good.took_ms if pair.good else None for pair in pairs] == [3, None]


def test_without_a_good_one_there_is_nothing_beside() -> None:
    assert [pair.good for pair in side_by_side(GOOD, None)] == [None] * 4


def test_claims_that_came_then_and_not_now_are_missing() -> None:
    assert missing_claims(trace(claims=["sub", "name"]), GOOD) == ("email",)


def test_where_claims_are_not_known_none_is_missing() -> None:
    assert claims_of(trace()) is None
    assert missing_claims(trace(), GOOD) == ()
    assert missing_claims(GOOD, trace()) == ()
