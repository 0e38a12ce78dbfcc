"""Somebody throws the switch, and on Monday morning nobody gets in (Sentry #80548, #41601; openwork #4187)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accounts.account import Account, Role
from app.domain.sso_only.readiness import PROVEN_S
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import DAY_S
from app.domain.tenants.tenant import Status
from app.services.sso_only.enforcement import Switched, SwitchRefused
from tests.builders import World
from tests.chance import ONE_WORLD, examples
from tests.fake_idp import FakeProvider
from tests.threats.acme import PASSWORD, Acme

SAM = "staff/sam"
ADDRESS = "192.0.2.7"


def switch(acme: Acme) -> Switched:
    return acme.world.bridge.enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor=SAM, reason="the customer asked")


def admin(acme: Acme, username: str = "ada") -> Account:
    return acme.world.account(
        acme.tenant, username, email=f"{username}@acme.example", roles=(Role.TENANT_ADMIN,), password=PASSWORD
    )


def comes_in(acme: Acme, username: str) -> None:
    acme.idp.person(username, email=f"{username}@acme.example")
    assert acme.sign_in(acme.world.client()).status_code == 303


def test_the_switch_is_refused_while_the_only_admin_never_came_in_by_sso(acme: Acme) -> None:
    admin(acme)
    acme.sign_in()
    with pytest.raises(SwitchRefused, match="Ask one of them to sign in with it once: ada"):
        switch(acme)
    assert acme.password(acme.world.client(), username="ada").status_code == 303, "nothing was changed"
    comes_in(acme, "ada")
    assert switch(acme).tenant.policy is LoginPolicy.SSO_ONLY


def test_an_admin_who_came_in_a_long_time_ago_proves_nothing_about_monday(acme: Acme) -> None:
    admin(acme)
    comes_in(acme, "ada")
    acme.world.clock.forward(PROVEN_S + 1)
    acme.idp.person("alice", email="alice@acme.example")
    with pytest.raises(SwitchRefused):
        switch(acme)


def test_an_admin_who_came_in_through_other_settings_proves_nothing_about_the_present_ones(acme: Acme) -> None:
    admin(acme)
    comes_in(acme, "ada")
    acme.world.clock.forward(60)
    acme.world.save(replace(acme.main, provider=replace(acme.main.provider, scopes=("openid", "email"))))
    comes_in(acme, "alice")
    with pytest.raises(SwitchRefused, match="since its settings were last changed"):
        switch(acme)
    comes_in(acme, "ada")
    assert switch(acme).tenant.policy is LoginPolicy.SSO_ONLY


def test_an_admin_who_was_switched_off_lets_nobody_in(acme: Acme) -> None:
    gone = admin(acme, "grace")
    comes_in(acme, "grace")
    admin(acme)
    acme.world.save(replace(gone, status=Status.DISABLED))
    with pytest.raises(SwitchRefused):
        switch(acme)


def test_a_password_proves_no_admin(acme: Acme) -> None:
    admin(acme)
    acme.sign_in()
    acme.password(acme.world.client(), username="ada")
    with pytest.raises(SwitchRefused):
        switch(acme)


def test_nobody_is_locked_out_on_monday_morning_by_what_was_changed_over_the_weekend(acme: Acme) -> None:
    admin(acme)
    comes_in(acme, "ada")
    bridge = acme.world.bridge
    monday = acme.world.clock.now() + 3 * DAY_S
    bridge.switching.plan(
        "acme", LoginPolicy.SSO_ONLY, at=monday, actor=SAM, client_ip=ADDRESS, reason="as agreed with Ada"
    )
    acme.world.save(replace(acme.main, provider=replace(acme.main.provider, client_id="a typing error")))
    acme.world.clock.forward(3 * DAY_S + 60)
    assert bridge.switching.carry_out_due() == 0
    assert acme.password(acme.world.client(), username="ada").status_code == 303


DAYS = st.none() | st.floats(0.0, 2 * PROVEN_S)
"""How long ago somebody came in by SSO; None: never."""


@settings(max_examples=examples(0.4), suppress_health_check=ONE_WORLD)
@given(
    connections=st.lists(st.tuples(st.sampled_from(Status), st.booleans()), max_size=3),
    admins=st.lists(st.tuples(st.sampled_from(Status), DAYS), max_size=3),
    agents=st.lists(st.tuples(st.sampled_from(Status), DAYS), max_size=2),
)
def test_the_switch_goes_ahead_exactly_where_readiness_names_no_blocker(
    world: World,
    idp: FakeProvider,
    connections: list[tuple[Status, bool]],
    admins: list[tuple[Status, float | None]],
    agents: list[tuple[Status, float | None]],
) -> None:
    slug = f"tenant-{world.randomness.short_id()}"
    tenant = world.tenant(slug)
    for number, (status, tested) in enumerate(connections):
        made = replace(world.connection(tenant, idp, name=f"provider-{number}"), status=status)
        world.save(replace(made, tested_at=1.0, tested_fingerprint=made.fingerprint) if tested else made)
    for role, people in ((Role.TENANT_ADMIN, admins), (Role.AGENT, agents)):
        for number, (status, ago) in enumerate(people):
            one = world.account(tenant, f"{role}-{number}", roles=(role,), status=status)
            if ago is not None:
                with world.bridge.database.write() as work:
                    work.accounts.proven(tenant.id, one.id, at=world.clock.now() - ago)
    named = tuple(remark.text for remark in world.bridge.readiness.of(slug).blockers)
    refused: tuple[str, ...] = ()
    try:
        world.bridge.enforcement.switch(slug, LoginPolicy.SSO_ONLY, actor=SAM, reason="ticket")
    except SwitchRefused as error:
        refused = error.blockers
    assert refused == named
    with world.bridge.database.read() as work:
        after = work.tenants.get(tenant.id)
    assert after is not None
    assert after.policy is (LoginPolicy.SSO_OPTIONAL if named else LoginPolicy.SSO_ONLY)
