"""Two supporters at once, or one of them on a page from before: nobody undoes what they have not seen."""

from dataclasses import replace

import pytest

from app.domain.audit.audit import Actor
from app.domain.errors import ChangedMeanwhile
from app.domain.sso_only.readiness_issues import Kind
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import PlannedSwitch
from app.domain.tenants.tenant import Tenant
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand, version
from app.services.sso_only.switching import SwitchService
from tests.builders import World
from tests.contracts.race import AT_ONCE, all_at_once

HOUR = 3600.0
ADA = Actor("acme/ada", "192.0.2.9", "please")


def supporter(number: int) -> Actor:
    return Actor(f"staff/supporter {number}", "192.0.2.7", "ticket 4711")


@pytest.fixture
def acme(either_world: World) -> Tenant:
    return either_world.tenant("acme")


@pytest.fixture
def switching(either_world: World) -> SwitchService:
    return either_world.bridge.switching


def now(world: World, tenant: Tenant) -> Tenant:
    with world.bridge.database.read() as work:
        stored = work.tenants.get(tenant.id)
    assert stored is not None
    return stored


def entries(world: World, tenant: Tenant) -> list[str]:
    with world.bridge.database.read() as work:
        return [entry.action for entry in work.audit.of_tenant(tenant.id)]


def plan_in(world: World, tenant: Tenant, hours: float, *, seen: str, number: int = 0) -> SwitchCommand:
    at = world.clock.now() + hours * HOUR
    by = supporter(number)
    return SwitchCommand(tenant.slug, LoginPolicy.SSO_ONLY, by=by, at=at, version=seen, accepted=EVERY_BLOCKER)


def test_of_many_plans_made_on_one_page_the_first_stays_and_the_others_are_told(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    plans = [plan_in(either_world, acme, number + 1, seen=version(acme), number=number) for number in range(AT_ONCE)]

    def plan(number: int) -> bool:
        try:
            switching.plan(plans[number])
        except ChangedMeanwhile:
            return False
        return True

    done = all_at_once(plan)
    assert done.count(True) == 1
    first = plans[done.index(True)]
    planned = now(either_world, acme).planned
    assert planned is not None
    assert (planned.at, planned.actor) == (first.at, first.by.name)
    assert entries(either_world, acme) == ["tenant.switch_planned"]


def test_a_switch_and_a_plan_made_on_one_page_do_not_both_happen(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    seen = version(acme)

    def decide(number: int) -> bool:
        later = plan_in(either_world, acme, 1, seen=seen)
        at_once = replace(later, policy=LoginPolicy.PASSWORD, at=None)
        try:
            switching.decide(later if number % 2 else at_once)
        except ChangedMeanwhile:
            return False
        return True

    done = all_at_once(decide)
    assert True in done
    assert entries(either_world, acme) in (["tenant.switch_planned"], ["tenant.policy"])


def test_what_another_supporter_planned_is_not_withdrawn_from_an_older_page(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    shown = switching.plan(plan_in(either_world, acme, 1, seen=version(acme)))
    theirs = switching.plan(plan_in(either_world, acme, 2, seen=version(shown), number=2))
    with pytest.raises(ChangedMeanwhile):
        switching.cancel("acme", by=supporter(1), version=version(shown))
    assert now(either_world, acme).planned == theirs.planned
    assert switching.cancel("acme", by=supporter(1), version=version(theirs))
    assert not switching.cancel("acme", by=supporter(2), version=version(theirs))


def test_withdrawing_and_planning_anew_at_once_never_withdraws_the_new_plan(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    shown = version(switching.plan(plan_in(either_world, acme, 1, seen=version(acme))))

    def act(number: int) -> bool:
        try:
            if number % 2:
                return switching.cancel("acme", by=supporter(number), version=shown)
            switching.plan(plan_in(either_world, acme, 2, seen=shown, number=number))
        except ChangedMeanwhile:
            return False
        return True

    all_at_once(act)
    written = entries(either_world, acme)[1:]
    assert written in (["tenant.switch_planned"], ["tenant.switch_cancelled"])
    assert (now(either_world, acme).planned is None) is (written == ["tenant.switch_cancelled"])


def test_a_plan_that_goes_over_more_does_not_take_the_place_of_one_that_its_page_did_not_show(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    wider = plan_in(either_world, acme, 1, seen=version(acme))
    assert wider.at is not None
    careful = PlannedSwitch(
        LoginPolicy.SSO_ONLY, at=wider.at, actor="staff/olga", address="", reason="ticket", overridden=()
    )
    either_world.save(replace(acme, planned=careful))
    with pytest.raises(ChangedMeanwhile):
        switching.plan(wider)
    assert now(either_world, acme).planned == careful


def test_the_same_wish_of_two_supporters_is_one_plan(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    wish = replace(plan_in(either_world, acme, 1, seen=version(acme)), accepted=[Kind.NO_CONNECTION.value])
    all_at_once(lambda number: switching.plan(replace(wish, by=supporter(number))))
    assert entries(either_world, acme) == ["tenant.switch_planned"]


def test_a_request_from_a_page_before_a_plan_is_not_made(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    shown = version(acme)
    back = replace(plan_in(either_world, acme, 1, seen=shown), policy=LoginPolicy.PASSWORD)
    planned = switching.plan(back)
    with pytest.raises(ChangedMeanwhile):
        switching.request(acme.id, by=ADA, version=shown)
    assert now(either_world, acme).requested is None
    assert switching.request(acme.id, by=ADA, version=version(planned))
    assert not switching.request(acme.id, by=ADA, version=shown)


def test_a_request_that_the_page_did_not_show_is_not_declined_from_it(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    switching.request(acme.id, by=ADA)
    shown = version(now(either_world, acme))
    assert switching.decline("acme", by=supporter(1), version=shown)
    switching.request(acme.id, by=replace(ADA, reason="now we are ready"))
    with pytest.raises(ChangedMeanwhile):
        switching.decline("acme", by=supporter(2), version=shown)
    asked = now(either_world, acme)
    assert asked.requested is not None
    assert switching.decline("acme", by=supporter(2), version=version(asked))
    assert not switching.decline("acme", by=supporter(1), version=shown)


def test_observing_is_not_begun_from_a_page_before_a_plan(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    shown = version(acme)
    planned = switching.plan(plan_in(either_world, acme, 1, seen=shown))
    with pytest.raises(ChangedMeanwhile):
        switching.observe("acme", on=True, by=supporter(1), version=shown)
    assert now(either_world, acme).observing_since is None
    assert switching.observe("acme", on=True, by=supporter(1), version=version(planned))
    assert not switching.observe("acme", on=True, by=supporter(2), version=shown)


def test_what_is_for_later_is_never_done_now_nor_the_other_way_round(
    either_world: World, acme: Tenant, switching: SwitchService
) -> None:
    later = plan_in(either_world, acme, 1, seen=version(acme))
    with pytest.raises(RuntimeError):
        either_world.bridge.enforcement.switch(later)
    with pytest.raises(RuntimeError):
        switching.plan(replace(later, at=None))
    assert entries(either_world, acme) == []
