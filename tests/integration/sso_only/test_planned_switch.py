"""A switch that is planned for later: what it asks for, what the worker does, what takes its place."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from app.domain.accounts.account import Role
from app.domain.errors import InvalidInput, NotFound
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import LATEST_S
from app.domain.tenants.tenant import STAFF, Status
from app.services.sso_only.enforcement import SwitchRefused
from app.services.sso_only.switching import NotPossible
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.planning import ADDRESS, HOUR, SAM, SAMS_EMAIL, Planning, planning


@pytest.fixture
def office(world: World, idp: FakeProvider) -> Planning:
    return planning(world, idp)


@pytest.fixture
def either_office(either_world: World, idp: FakeProvider) -> Planning:
    return planning(either_world, idp)


# Planning


def test_a_plan_is_kept_and_audited_and_changes_nothing_yet(either_office: Planning) -> None:
    password = either_office.acme.by_password()
    planned = either_office.plan().planned
    assert planned is not None
    assert either_office.tenant().planned == planned
    assert (planned.actor, planned.address, planned.reason, planned.overridden) == (SAM, ADDRESS, "ticket 4711", ())
    entry = either_office.last()
    assert (entry.action, entry.actor, entry.address) == ("tenant.switch_planned", SAM, ADDRESS)
    assert entry.after == {"planned_policy": "sso_only", "planned_at": planned.at, "overridden": []}
    assert either_office.switching.carry_out_due() == 0
    assert either_office.acme.signed_in(password)


@pytest.mark.parametrize("ahead_s", [0.0, -1.0, LATEST_S + 60.0, inf, nan])
def test_a_time_that_makes_no_sense_is_refused_by_name(office: Planning, ahead_s: float) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.plan(ahead_s=ahead_s)
    assert refused.value.path == "at"
    assert (office.tenant().planned, office.actions()) == (None, [])


@pytest.mark.parametrize("reason", ["", "   ", "two\nlines", "x" * 501])
def test_a_plan_needs_a_reason(office: Planning, reason: str) -> None:
    with pytest.raises(InvalidInput):
        office.plan(reason=reason)
    assert office.actions() == []


def test_a_plan_is_refused_where_a_switch_would_be(office: Planning) -> None:
    office.lose_the_test()
    with pytest.raises(SwitchRefused, match="current settings of main"):
        office.plan()
    assert (office.tenant().planned, office.actions()) == (None, [])


def test_what_is_so_already_is_not_planned(office: Planning) -> None:
    with pytest.raises(NotPossible, match="acme is already sso_optional"):
        office.plan(LoginPolicy.SSO_OPTIONAL)
    assert office.actions() == []


def test_the_same_plan_again_is_no_change(office: Planning) -> None:
    at = office.world.clock.now() + HOUR
    for actor in (SAM, "staff/nina"):
        office.switching.plan("acme", LoginPolicy.SSO_ONLY, at=at, actor=actor, client_ip=ADDRESS, reason="ticket")
    assert office.actions() == ["tenant.switch_planned"]


def test_another_time_takes_the_place_of_the_first(office: Planning) -> None:
    first, second = office.plan().planned, office.plan(ahead_s=2 * HOUR).planned
    assert first is not None
    assert second is not None
    assert office.last().before == {"planned_policy": "sso_only", "planned_at": first.at}
    assert office.wait() == 0
    assert office.wait(HOUR) == 1


def test_a_plan_is_cancelled_once(either_office: Planning) -> None:
    either_office.plan()
    assert either_office.cancel()
    assert not either_office.cancel()
    assert either_office.actions() == ["tenant.switch_planned", "tenant.switch_cancelled"]
    assert either_office.wait() == 0
    assert either_office.tenant().policy is LoginPolicy.SSO_OPTIONAL


# When the time has come


def test_the_worker_switches_as_the_planner_would_have(either_office: Planning) -> None:
    password, provider = either_office.acme.by_password(), either_office.acme.by_sso()
    either_office.plan()
    assert either_office.wait() == 1
    assert either_office.acme.policy() == (LoginPolicy.SSO_ONLY, True)
    assert not either_office.acme.signed_in(password)
    assert either_office.acme.signed_in(provider)
    assert either_office.tenant().planned is None
    assert either_office.actions() == ["tenant.switch_planned", "tenant.policy"]
    entry = either_office.last()
    assert (entry.actor, entry.address, entry.reason) == (SAM, ADDRESS, "ticket 4711")
    assert entry.after == {"policy": "sso_only", "sessions_ended": 1, "overridden": []}
    assert either_office.wait() == 0


def test_the_job_of_the_worker_carries_it_out(office: Planning) -> None:
    office.plan()
    office.world.clock.forward(HOUR + 1)
    office.world.bridge.jobs.run_due(lambda _job, error: None)
    assert office.tenant().policy is LoginPolicy.SSO_ONLY


def test_a_way_back_can_be_planned_too_and_asks_for_no_readiness(office: Planning) -> None:
    office.acme.switch(LoginPolicy.SSO_ONLY)
    office.lose_the_test()
    office.plan(LoginPolicy.SSO_OPTIONAL)
    assert office.wait() == 1
    assert office.acme.policy() == (LoginPolicy.SSO_OPTIONAL, True)


def test_what_came_up_since_stops_the_switch_and_the_planner_is_told(either_office: Planning) -> None:
    password = either_office.acme.by_password()
    either_office.plan()
    either_office.lose_the_test()
    assert either_office.wait() == 0
    tenant = either_office.tenant()
    assert (tenant.policy, tenant.password_epoch, tenant.planned) == (LoginPolicy.SSO_OPTIONAL, 1, None)
    assert either_office.acme.signed_in(password)
    assert either_office.actions() == ["tenant.switch_planned", "tenant.switch_not_done"]
    assert "current settings of main" in str(either_office.last().after["blockers"])
    ((to, subject, body),) = either_office.mail()
    assert (to, subject) == (SAMS_EMAIL, "acme was not switched to sso_only")
    assert "current settings of main" in body
    assert "acme is still sso_optional" in body
    assert either_office.wait() == 0
    assert len(either_office.mail()) == 1


@pytest.mark.parametrize("actor", ["command line", "staff/nobody", "nowhere/sam", "sam"])
def test_a_planner_without_an_address_gets_no_mail(office: Planning, actor: str) -> None:
    office.plan(actor=actor)
    office.lose_the_test()
    office.wait()
    assert office.actions()[-1] == "tenant.switch_not_done"
    assert office.mail() == []


@pytest.mark.parametrize("change", [{"status": Status.DISABLED}, {"roles": (Role.AGENT,)}])
@pytest.mark.parametrize("policy", [LoginPolicy.SSO_ONLY, LoginPolicy.PASSWORD])
def test_nothing_is_carried_out_for_a_planner_who_may_not_switch_any_more(
    office: Planning, policy: LoginPolicy, change: dict[str, Any]
) -> None:
    office.plan(policy)
    with office.world.bridge.database.read() as work:
        staff = work.tenants.by_slug(STAFF)
        sam = work.accounts.by_username(staff.id, "sam") if staff else None
    assert sam is not None
    office.world.save(replace(sam, **change))
    assert office.wait() == 0
    assert (office.tenant().policy, office.tenant().planned) == (LoginPolicy.SSO_OPTIONAL, None)
    assert "staff/sam, who planned this, no longer has the support role" in str(office.last().after["blockers"])


def test_a_planner_who_left_gets_no_mail(office: Planning) -> None:
    office.plan()
    with office.world.bridge.database.read() as work:
        staff = work.tenants.by_slug("staff")
        assert staff is not None
        sam = work.accounts.by_username(staff.id, "sam")
    assert sam is not None
    office.world.save(replace(sam, status=Status.DISABLED))
    office.lose_the_test()
    office.wait()
    assert office.mail() == []


def test_an_override_covers_what_it_was_given_for(office: Planning) -> None:
    office.lose_the_test()
    planned = office.plan(override=True).planned
    assert planned is not None
    assert planned.overridden == ("not_tested",)
    assert office.last().after["overridden"]
    assert office.wait() == 1
    assert office.last().after["overridden"]


def test_an_override_does_not_cover_what_came_up_later(office: Planning) -> None:
    office.lose_the_test()
    office.plan(override=True)
    office.world.account(office.acme.tenant, "ada", email="ada@acme.example", roles=(Role.TENANT_ADMIN,))
    assert office.wait() == 0
    assert office.actions()[-1] == "tenant.switch_not_done"
    assert office.tenant().policy is LoginPolicy.SSO_OPTIONAL


def test_an_override_where_nothing_stood_in_the_way_covers_nothing(office: Planning) -> None:
    office.plan(override=True)
    office.lose_the_test()
    assert office.wait() == 0


def test_what_is_late_is_carried_out_when_a_worker_is_back(office: Planning) -> None:
    office.plan()
    assert office.wait(30 * HOUR) == 1


# What takes its place


def test_a_switch_by_hand_takes_the_place_of_the_plan(either_office: Planning) -> None:
    planned = either_office.plan().planned
    switched = either_office.acme.switch(LoginPolicy.SSO_ONLY)
    assert switched.dropped == planned
    assert planned is not None
    assert either_office.last().before == {
        "policy": "sso_optional",
        "planned_policy": "sso_only",
        "planned_at": planned.at,
    }
    either_office.acme.switch(LoginPolicy.SSO_OPTIONAL)
    assert either_office.wait() == 0
    assert either_office.acme.policy() == (LoginPolicy.SSO_OPTIONAL, True)


def test_the_switch_ends_what_led_up_to_it(either_office: Planning) -> None:
    switching = either_office.switching
    switching.observe("acme", on=True, actor=SAM, client_ip=ADDRESS, reason="looking")
    switching.request(either_office.acme.tenant.id, actor="acme/ada", client_ip=ADDRESS)
    either_office.plan()
    either_office.wait()
    tenant = either_office.tenant()
    assert (tenant.observing_since, tenant.requested, tenant.planned) == (None, None, None)


def test_a_way_back_leaves_a_request_alone(office: Planning) -> None:
    office.switching.request(office.acme.tenant.id, actor="acme/ada", client_ip=ADDRESS)
    office.acme.switch(LoginPolicy.PASSWORD)
    assert office.tenant().requested is not None


def test_a_switch_needs_a_reason_in_both_directions(office: Planning) -> None:
    enforcement = office.world.bridge.enforcement
    for policy in (LoginPolicy.SSO_ONLY, LoginPolicy.PASSWORD):
        with pytest.raises(InvalidInput):
            enforcement.switch("acme", policy, actor=SAM, reason=" ")
    assert office.actions() == []


def test_an_unknown_tenant_is_not_found(office: Planning) -> None:
    at = office.world.clock.now() + HOUR
    with pytest.raises(NotFound):
        office.switching.plan("nobody", LoginPolicy.SSO_ONLY, at=at, actor=SAM, client_ip=ADDRESS, reason="ticket")
    with pytest.raises(NotFound):
        office.switching.cancel("nobody", actor=SAM, client_ip=ADDRESS, reason="ticket")
