"""How much a login must show: a request may ask for more than its connection does, never for less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.connections.connection import Protocol, Provider
from app.domain.tenants.step_up import PROMPTS, StepUp, parse_step_up

ages = st.none() | st.integers(min_value=0, max_value=10**6)
acrs = st.lists(st.sampled_from(["bronze", "silver", "gold"]), unique=True).map(tuple)
prompts = st.just(("none",)) | st.lists(st.sampled_from(PROMPTS[1:]), unique=True).map(tuple)
step_ups = st.builds(StepUp, prompt=prompts, max_age=ages, acr_values=acrs)


@given(connection=step_ups, request=step_ups)
def test_no_request_weakens_what_its_connection_asks(connection: StepUp, request: StepUp) -> None:
    both = connection.tightened_by(request)
    assert set(both.prompt) >= set(connection.prompt) - {"none"}
    assert connection.max_age is None or (both.max_age is not None and both.max_age <= connection.max_age)
    assert not connection.acr_values or (both.acr_values and set(both.acr_values) <= set(connection.acr_values))
    assert connection.verified <= both.verified


@given(connection=step_ups, request=step_ups)
def test_what_comes_of_both_can_be_asked(connection: StepUp, request: StepUp) -> None:
    both = connection.tightened_by(request)
    assert "none" not in both.prompt or both.prompt == ("none",)
    assert both == parse_step_up(
        prompt=" ".join(both.prompt),
        max_age=None if both.max_age is None else str(both.max_age),
        acr_values=" ".join(both.acr_values),
    )


@pytest.mark.parametrize(
    ("connection", "request_", "both"),
    [
        (StepUp(max_age=300), StepUp(max_age=60), StepUp(max_age=60)),
        (StepUp(max_age=300), StepUp(max_age=3600), StepUp(max_age=300)),
        (StepUp(max_age=300), StepUp(max_age=0), StepUp(max_age=0)),
        (StepUp(prompt=("login",)), StepUp(prompt=("none",)), StepUp(prompt=("login",))),
        (StepUp(prompt=("login",)), StepUp(prompt=("consent",)), StepUp(prompt=("login", "consent"))),
        (StepUp(), StepUp(prompt=("none",)), StepUp(prompt=("none",))),
        (StepUp(acr_values=("gold",)), StepUp(acr_values=("silver",)), StepUp(acr_values=("gold",))),
        (StepUp(acr_values=("gold", "silver")), StepUp(acr_values=("silver",)), StepUp(acr_values=("silver",))),
        (StepUp(), StepUp(acr_values=("silver",)), StepUp(acr_values=("silver",))),
    ],
)
def test_both_together(connection: StepUp, request_: StepUp, both: StepUp) -> None:
    assert connection.tightened_by(request_) == both


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": "create"},
        {"prompt": "none login"},
        {"prompt": "login login"},
        {"prompt": "LOGIN"},
        {"max_age": "soon"},
        {"max_age": "-1"},
        {"max_age": "1.5"},
        {"max_age": "٣"},
        {"max_age": "9" * 30},
        {"max_age": "1" * 5000},
        {"acr_values": "a" * 401},
        {"acr_values": " ".join(map(str, range(200)))},
        {"acr_values": "gö"},
        {"acr_values": "a\x00"},
    ],
)
def test_a_request_that_makes_no_sense_is_no_request(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        parse_step_up(**{"prompt": None, "max_age": None, "acr_values": None, **wrong})


@pytest.mark.parametrize("empty", [None, "", " "])
def test_what_is_not_asked_is_not_demanded(empty: str | None) -> None:
    assert parse_step_up(prompt=empty, max_age=empty, acr_values=empty) == StepUp()


def test_of_the_parameters_that_are_only_sent_max_age_counts() -> None:
    wishes = {"max_age": "60", "prompt": "login", "acr_values": "gold"}
    assert Provider(authorize_params=wishes).step_up == StepUp(max_age=60)
    assert Provider(authorize_params=wishes, max_age=30).step_up == StepUp(max_age=30)
    assert Provider(authorize_params={"max_age": "x"}).step_up == StepUp()
    assert Provider(authorize_params=wishes, protocol=Protocol.OAUTH2).step_up == StepUp()
