"""A tenant's login page says what is coming."""

from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import ANNOUNCED_S, DAY_S, PlannedSwitch
from app.domain.tenants.tenant import Tenant
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.switchable import Switchable, switchable

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC).timestamp()
SENTENCE = "From Monday, 30 November 2026, 08:00 UTC, this workspace will accept OAuth Login only."
TRY_IT = "Try it now; your password works until then."


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Switchable:
    return switchable(world, idp)


def planned(acme: Switchable, *, before_s: float, policy: LoginPolicy = LoginPolicy.SSO_ONLY) -> Tenant:
    """For Monday at eight, which is so far ahead."""
    acme.world.clock.ahead_s = 0.0
    acme.world.clock.forward(MONDAY - before_s - acme.world.clock.now())
    plan = PlannedSwitch(policy, at=MONDAY, actor="staff/sam", address="192.0.2.7", reason="ticket")
    tenant = replace(acme.tenant, planned=plan)
    acme.world.save(tenant)
    return tenant


def login_page(acme: Switchable) -> str:
    return unescape(acme.world.client().get("/t/acme/login").get_data(as_text=True))


def test_from_two_weeks_before_the_login_page_says_when_and_what_to_do(acme: Switchable) -> None:
    planned(acme, before_s=ANNOUNCED_S - 60)
    assert f"{SENTENCE} {TRY_IT}" in login_page(acme)


def test_while_a_switch_is_late_nobody_is_told_that_there_is_time_left(acme: Switchable) -> None:
    planned(acme, before_s=-60.0)
    page = login_page(acme)
    assert SENTENCE in page
    assert TRY_IT not in page


def test_earlier_it_says_nothing(acme: Switchable) -> None:
    planned(acme, before_s=ANNOUNCED_S + DAY_S)
    assert "this workspace will accept" not in login_page(acme)


def test_where_oauth_login_cannot_be_tried_nobody_is_asked_to(acme: Switchable) -> None:
    tenant = planned(acme, before_s=DAY_S)
    acme.world.save(replace(tenant, policy=LoginPolicy.PASSWORD))
    page = login_page(acme)
    assert SENTENCE in page
    assert TRY_IT not in page


def test_a_way_back_is_not_announced(acme: Switchable) -> None:
    planned(acme, before_s=DAY_S, policy=LoginPolicy.PASSWORD)
    assert "this workspace will accept" not in login_page(acme)


def test_a_workspace_without_a_plan_says_nothing(acme: Switchable) -> None:
    assert "this workspace will accept" not in login_page(acme)
