"""What signs a person out signs their apps out too, with what outlives a session (ASVS 7.4.2, 7.4.5, 14)."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Account
from app.domain.audit.audit import Actor, chain_of
from app.domain.sessions.session import SessionId
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Status, Tenant
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.apps import App
from tests.builders import World, hidden_fields, password_login

BY = Actor("staff/sam", reason="a notebook was stolen")
PASSWORD = "correct horse battery"


def refused(desk: App, tokens: dict[str, str]) -> bool:
    return desk.refresh(tokens["refresh_token"]).status_code == 400 and not desk.active(tokens["access_token"])


def switch(world: World, policy: LoginPolicy) -> int:
    return world.bridge.enforcement.switch(SwitchCommand("acme", policy, by=BY, accepted=EVERY_BLOCKER)).apps_ended


def test_the_switch_counts_previews_and_ends_what_was_born_of_a_password(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    tokens, code = desk.tokens(acme, bob), desk.signed_in(acme, bob).code
    desk.tokens(acme, bob, scopes=("openid",))
    assert world.bridge.switching.preview("acme").password_apps == 2
    assert switch(world, LoginPolicy.SSO_ONLY) == 2
    (entry, *_) = [one.entry for one in world.bridge.audit.latest(chain_of(acme.id), most=1)]
    assert entry.after["apps_ended"] == 2
    assert refused(desk, tokens)
    assert desk.redeem(code).get_json()["error"] == "invalid_grant"
    switch(world, LoginPolicy.SSO_OPTIONAL)
    assert refused(desk, tokens), "and it stays ended when passwords are on again"


def test_what_came_by_sso_goes_on_after_the_switch(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    signed_in = desk.signed_in(acme, bob, method=Method.SSO)
    tokens = desk.redeem(signed_in.code).get_json()
    switch(world, LoginPolicy.SSO_ONLY)
    assert desk.refresh(tokens["refresh_token"]).status_code == 200
    switch(world, LoginPolicy.PASSWORD)
    assert not desk.active(tokens["access_token"])


def test_ending_all_sessions_of_a_person_signs_their_apps_out(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    tokens = desk.tokens(acme, bob)
    assert world.bridge.account_admin.end_of_account("acme", bob.id, by=BY) == 1
    assert refused(desk, tokens)
    (entry,) = [one.entry for one in world.bridge.audit.latest(chain_of(acme.id), most=1)]
    assert entry.after == {"ended": 1, "apps_ended": 1}


def test_apps_are_signed_out_and_it_is_recorded_where_no_session_is_left(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    signed_in = desk.signed_in(acme, bob)
    tokens = desk.redeem(signed_in.code).get_json()
    with world.bridge.database.write() as work:
        work.sessions.end(signed_in.session, at=world.clock.now())
    assert world.bridge.account_admin.end_of_account("acme", bob.id, by=BY) == 0
    assert refused(desk, tokens)
    assert len(world.bridge.audit.latest(chain_of(acme.id), most=5)) == 1


def test_ending_all_sessions_of_a_tenant_signs_its_apps_out(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    tokens = desk.tokens(acme, bob)
    world.bridge.account_admin.end_of_tenant("acme", by=BY)
    assert refused(desk, tokens)


def test_ending_one_session_ends_what_is_bound_to_it_and_leaves_what_is_not(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    ended: list[tuple[SessionId, dict[str, str]]] = []
    for scopes in (("openid",), ("openid", "offline_access")):
        signed_in = desk.signed_in(acme, bob, scopes=scopes)
        ended.append((signed_in.session, desk.redeem(signed_in.code).get_json()))
    for session, _ in ended:
        world.bridge.account_admin.end_session("acme", session, by=BY)
    bound, offline = (tokens for _, tokens in ended)
    assert refused(desk, bound)
    assert desk.refresh(offline["refresh_token"]).status_code == 200


@pytest.mark.parametrize("what", ["account", "tenant"])
def test_what_was_disabled_leaves_no_app_signed_in_when_it_comes_back(
    world: World, desk: App, acme: Tenant, bob: Account, what: str
) -> None:
    tokens = desk.tokens(acme, bob)
    with world.bridge.database.write() as work:
        tenant = work.tenants.lock(acme.id)
        assert tenant is not None
        if what == "account":
            world.bridge.account_changes.writer.switch(work, tenant, bob, Status.DISABLED, by=BY)
    if what == "tenant":
        world.save(replace(acme, status=Status.DISABLED))
        assert refused(desk, tokens)
        return
    world.save(bob)
    assert refused(desk, tokens)


def test_a_new_password_signs_apps_out_that_the_old_one_signed_in(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    tokens = desk.tokens(acme, bob)
    client = world.client()
    assert password_login(client, "bob", PASSWORD).status_code == 303
    page = client.get("/account/password")
    new = "another horse and a battery"
    answer = client.post(
        "/account/password", data={**hidden_fields(page), "current": PASSWORD, "new": new, "again": new}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert refused(desk, tokens)
