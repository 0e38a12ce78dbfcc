from dataclasses import replace

import pytest

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from app.services.sso_only.enforcement import SwitchRefused
from tests.builders import World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.switchable import PASSWORD, PATIENCE_S, Switchable, switchable


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Switchable:
    return switchable(world, idp)


@pytest.fixture
def either_acme(either_world: World, idp: FakeProvider) -> Switchable:
    return switchable(either_world, idp)


# What the switch asks for


def test_without_a_login_through_the_provider_the_switch_is_refused_and_nothing_changes(acme: Switchable) -> None:
    browser = acme.by_password()
    with pytest.raises(SwitchRefused) as refused:
        acme.switch(LoginPolicy.SSO_ONLY)
    assert "No one has signed in with the current settings of main" in str(refused.value)
    assert acme.policy() == (LoginPolicy.SSO_OPTIONAL, False)
    assert acme.audit() == []
    assert acme.signed_in(browser)


def test_a_tenant_without_a_connection_is_not_switched(world: World) -> None:
    world.tenant("acme")
    with pytest.raises(SwitchRefused, match="no active connection"):
        world.bridge.enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor="sam", reason="ticket")


def test_a_login_through_other_settings_is_no_test_of_the_present_ones(acme: Switchable) -> None:
    acme.by_sso()
    with acme.world.bridge.database.read() as work:
        tested = work.connections.get(acme.tenant.id, acme.connection.id)
    assert tested is not None
    acme.world.save(replace(tested, provider=replace(tested.provider, email_trust="always")))
    with pytest.raises(SwitchRefused):
        acme.switch(LoginPolicy.SSO_ONLY)
    acme.by_sso()
    assert acme.switch(LoginPolicy.SSO_ONLY).tenant.policy is LoginPolicy.SSO_ONLY


def test_a_tested_connection_that_is_disabled_does_not_count(acme: Switchable) -> None:
    acme.by_sso()
    with acme.world.bridge.database.read() as work:
        tested = work.connections.get(acme.tenant.id, acme.connection.id)
    assert tested is not None
    acme.world.save(replace(tested, status=Status.DISABLED))
    with pytest.raises(SwitchRefused, match="no active connection"):
        acme.switch(LoginPolicy.SSO_ONLY)


def test_an_override_goes_ahead_and_the_audit_names_what_it_went_over(acme: Switchable) -> None:
    switched = acme.switch(LoginPolicy.SSO_ONLY, override=True)
    assert len(switched.overridden) == 1
    (entry,) = acme.audit()
    assert entry.after["overridden"] == list(switched.overridden)


def test_an_override_where_nothing_stands_in_the_way_is_not_recorded_as_one(acme: Switchable) -> None:
    acme.by_sso()
    assert acme.switch(LoginPolicy.SSO_ONLY, override=True).overridden == ()
    assert acme.audit()[0].after["overridden"] == []


# What it does


def test_a_switch_is_audited_once_with_who_when_and_why(either_acme: Switchable) -> None:
    either_acme.by_sso()
    either_acme.by_password()
    either_acme.switch(LoginPolicy.SSO_ONLY, actor="sam@staff")
    again = either_acme.switch(LoginPolicy.SSO_ONLY, actor="nina@staff")
    assert again.before is LoginPolicy.SSO_ONLY
    assert again.sessions_ended == 0
    (entry,) = either_acme.audit()
    assert (entry.actor, entry.action, entry.subject, entry.reason) == (
        "sam@staff",
        "tenant.policy",
        "acme",
        "ticket 4711",
    )
    assert entry.before == {"policy": "sso_optional"}
    assert entry.after == {"policy": "sso_only", "sessions_ended": 1, "overridden": []}
    assert abs(entry.at - either_acme.world.clock.now()) < PATIENCE_S


def test_sessions_of_passwords_die_in_every_browser_and_those_of_the_provider_live(either_acme: Switchable) -> None:
    by_sso, by_password, elsewhere = either_acme.by_sso(), either_acme.by_password(), either_acme.by_password()
    assert either_acme.switch(LoginPolicy.SSO_ONLY).sessions_ended == 2
    assert not either_acme.signed_in(by_password)
    assert not either_acme.signed_in(elsewhere)
    assert either_acme.signed_in(by_sso)
    assert by_password.get("/account").status_code == 303
    assert by_password.get("/forward-auth").status_code == 401
    assert by_password.get("/accounts/choose").headers["Location"] == "/"


def test_the_way_back_opens_the_password_form_again_but_brings_no_old_session_back(either_acme: Switchable) -> None:
    by_sso, by_password = either_acme.by_sso(), either_acme.by_password()
    either_acme.switch(LoginPolicy.SSO_ONLY)
    either_acme.switch(LoginPolicy.SSO_OPTIONAL)
    assert not either_acme.signed_in(by_password)
    assert either_acme.signed_in(by_sso)
    assert either_acme.signed_in(either_acme.by_password())
    assert [entry.after["policy"] for entry in either_acme.audit()] == ["sso_only", "sso_optional"]
    assert either_acme.policy() == (LoginPolicy.SSO_OPTIONAL, True)


def test_who_came_by_the_provider_is_signed_out_when_it_lets_nobody_in_any_more(either_acme: Switchable) -> None:
    by_sso, elsewhere, by_password = either_acme.by_sso(), either_acme.by_sso(), either_acme.by_password()
    assert either_acme.world.bridge.switching.preview("acme").sso_sessions == 2
    assert either_acme.switch(LoginPolicy.PASSWORD).sessions_ended == 2
    assert not either_acme.signed_in(by_sso)
    assert not either_acme.signed_in(elsewhere)
    assert either_acme.signed_in(by_password)
    (entry,) = either_acme.audit()
    assert entry.after["sessions_ended"] == 2
    either_acme.switch(LoginPolicy.SSO_OPTIONAL)
    assert not either_acme.signed_in(by_sso), "what has ended stays ended"


def test_a_session_of_the_provider_that_a_switch_did_not_end_opens_nothing_under_password(
    either_acme: Switchable,
) -> None:
    """Written by an older worker, or come back with a backup."""
    by_sso = either_acme.by_sso()
    either_acme.world.save(replace(either_acme.tenant, policy=LoginPolicy.PASSWORD))
    assert not either_acme.signed_in(by_sso)


def test_each_switch_over_raises_the_epoch_and_no_other_switch_does(acme: Switchable) -> None:
    acme.by_sso()
    epochs = [acme.stored().password_epoch]
    for _ in range(3):
        acme.switch(LoginPolicy.SSO_ONLY)
        epochs.append(acme.stored().password_epoch)
        acme.switch(LoginPolicy.PASSWORD)
        assert acme.stored().password_epoch == epochs[-1]
    assert epochs == sorted(set(epochs))


def test_the_switch_of_one_tenant_is_nothing_to_another(acme: Switchable) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "alice", email="alice@acme.example", password=PASSWORD)
    there = acme.by_password(tenant="globex")
    acme.by_sso()
    acme.switch(LoginPolicy.SSO_ONLY)
    assert acme.signed_in(there)
    assert acme.signed_in(acme.by_password(tenant="globex"))


def test_a_password_session_of_another_tenant_leads_to_no_account_of_a_switched_one(acme: Switchable) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "alice", email="alice@acme.example", password=PASSWORD)
    target = acme.world.account(acme.tenant, "lead", email="alice@acme.example")
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    there = acme.by_password(tenant="globex")
    form = hidden_fields(there.get("/account"))
    answer = there.post("/accounts/choose", data={**form, "account": target.id})
    assert answer.status_code == 403
    session = acme.world.session(there)
    assert session is not None
    assert session["tenant"] == "globex"
