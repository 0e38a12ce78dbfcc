"""What no page shows beside its form still ends in words, with the right status."""

from typing import NoReturn

import pytest

from app.domain.reasons import ReasonCode, reason
from app.services.sso_only.switching import ALREADY_SO, NotPossible
from app.web.pages import what_to_do
from tests.builders import World


@pytest.mark.parametrize("path", ["/support/anything", "/admin/anything", "/anything"])
def test_a_refusal_that_no_page_catches_is_a_409_with_its_sentence(world: World, path: str) -> None:
    def refuse() -> NoReturn:
        raise NotPossible(ALREADY_SO, tenant="acme", policy="sso_only")

    world.app.add_url_rule(path, view_func=refuse, methods=["POST"])
    answer = world.client().post(path)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "acme is already sso_only; nothing was changed." in shown
    assert "Nothing was changed." in shown
    assert "data-reference" in shown


@pytest.mark.parametrize(
    ("wait_s", "said"),
    [
        (1, "Try again in 1 minute."),
        (60, "Try again in 1 minute."),
        (61, "Try again in 2 minutes."),
        (900, "Try again in 15 minutes."),
        (3600, "Try again in 1 hour."),
        (3601, "Try again in 2 hours."),
    ],
)
def test_whoever_is_throttled_is_told_how_long_to_wait(world: World, wait_s: int, said: str) -> None:
    with world.app.test_request_context("/"):
        assert what_to_do(ReasonCode.THROTTLED, {"retry_after_s": wait_s}).startswith(said)


def test_where_nobody_knows_how_long_the_reasons_own_advice_is_given(world: World) -> None:
    with world.app.test_request_context("/"):
        assert what_to_do(ReasonCode.THROTTLED, {}) == reason(ReasonCode.THROTTLED).next_step
        assert what_to_do(ReasonCode.NO_ACCOUNT, {"retry_after_s": 60}) == reason(ReasonCode.NO_ACCOUNT).next_step
