from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.domain.connections.connection import Connection
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.step_up import StepUp
from tests.unit.adapters.provider.fake_ports import NOW
from tests.unit.adapters.provider.in_memory import World, claims, connection, signed, tokens
from tests.unit.adapters.provider.test_authorization import OAUTH2

STARTED_AT = NOW - 5
ANEW = StepUp(prompt=("login",))


def world(**changes: object) -> World:
    made = World()
    made.outbound.replies["https://idp.acme.example/token"] = tokens(signed(claims(**changes)))
    return made


def refused(step_up: StepUp, to: Connection | None = None, **changes: object) -> tuple[ReasonCode, dict[str, Any]]:
    error = world(**changes).refusal(to, step_up=step_up)
    return error.code, error.details


def test_what_is_asked_goes_to_the_provider() -> None:
    asked = StepUp(prompt=("login", "consent"), max_age=0, acr_values=("gold", "silver"))
    sent = dict(parse_qsl(urlsplit(World().begin(step_up=asked)).query))
    assert (sent["prompt"], sent["max_age"], sent["acr_values"]) == ("login consent", "0", "gold silver")


def test_what_the_connection_asks_is_asked_at_every_login() -> None:
    to = connection(prompt="login", max_age=300, acr_values=("gold",), authorize_params={"prompt": "consent"})
    sent = dict(parse_qsl(urlsplit(World().begin(to)).query))
    assert (sent["prompt"], sent["max_age"], sent["acr_values"]) == ("login", "300", "gold")


@pytest.mark.parametrize("age", [0, 300, 419])
def test_a_sign_in_that_is_fresh_enough_goes_through(age: int) -> None:
    identity = world(auth_time=int(NOW) - age).identify(step_up=StepUp(max_age=300))
    assert identity.auth_time == NOW - age


@pytest.mark.parametrize(
    ("changes", "code", "details"),
    [
        ({}, ReasonCode.CLAIM_MISSING, {"claim": "auth_time"}),
        ({"auth_time": "now"}, ReasonCode.CLAIM_INVALID, {"claim": "auth_time", "received": "now"}),
        ({"auth_time": True}, ReasonCode.CLAIM_INVALID, {"claim": "auth_time"}),
        ({"auth_time": NOW - 421}, ReasonCode.CLAIM_INVALID, {"expected": 300, "received": 421}),
        ({"auth_time": NOW + 121}, ReasonCode.CLAIM_INVALID, {"expected": NOW, "received": NOW + 121}),
    ],
)
def test_a_sign_in_that_is_not_shown_to_be_fresh_is_refused(
    changes: dict[str, object], code: ReasonCode, details: dict[str, object]
) -> None:
    for to, step_up in ((connection(), StepUp(max_age=300)), (connection(max_age=300), StepUp())):
        received = refused(step_up, to, **changes)
        assert received[0] is code
        assert received[1].items() >= details.items()


def test_a_new_sign_in_is_one_of_this_attempt() -> None:
    assert world(auth_time=STARTED_AT - 120).identify(step_up=ANEW).subject
    code, details = refused(ANEW, auth_time=STARTED_AT - 121)
    assert (code, details["claim"]) == (ReasonCode.CLAIM_INVALID, "auth_time")
    assert (details["expected"], details["received"]) == (STARTED_AT, STARTED_AT - 121)
    assert refused(ANEW)[0] is ReasonCode.CLAIM_MISSING


def test_one_of_the_levels_asked_for_has_to_be_reached() -> None:
    levels = StepUp(acr_values=("gold", "silver"))
    assert world(acr="silver").identify(step_up=levels).acr == "silver"
    assert refused(levels)[0] is ReasonCode.CLAIM_MISSING
    for acr in ("bronze", "GOLD", "gold silver", ["gold"], {"gold": 1}, 0):
        code, details = refused(levels, acr=acr)
        assert (code, details["claim"], details["expected"]) == (ReasonCode.CLAIM_INVALID, "acr", ["gold", "silver"])


def test_where_nothing_is_asked_nothing_has_to_be_shown() -> None:
    for step_up in (StepUp(), StepUp(prompt=("none",)), StepUp(prompt=("consent", "select_account"))):
        assert world().identify(step_up=step_up).subject


@pytest.mark.parametrize("step_up", [ANEW, StepUp(max_age=1), StepUp(acr_values=("gold",))])
def test_a_plain_oauth_server_can_show_nothing_and_is_not_asked(step_up: StepUp) -> None:
    plain = connection(**OAUTH2)
    with pytest.raises(SsoError) as stopped:
        World().begin(plain, step_up=step_up)
    assert stopped.value.code is ReasonCode.CLAIM_MISSING
    assert World().refusal(plain, step_up=step_up).code is ReasonCode.CLAIM_MISSING
    assert World().begin(plain, step_up=StepUp(prompt=("select_account",)))
