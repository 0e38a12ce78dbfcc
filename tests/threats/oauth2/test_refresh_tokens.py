"""Refresh tokens: rotated, bound to their client, ended with their family on reuse (ASVS 10.4.5, 10.4.8)."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Account
from app.domain.audit.audit import chain_of
from app.domain.oauth2.authorization import REFRESH_TOKEN_S
from app.domain.oauth2.client import GrantType
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import Status, Tenant
from app.services.oauth2.tokens import AT_ONCE_S, LOST_ANSWER_S
from tests.apps import EVERY_SCOPE, App
from tests.builders import World
from tests.threats.oauth2.test_codes import claims_of


def test_each_brings_new_tokens_and_the_next_refresh_token(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    first = desk.tokens(acme, bob)
    world.clock.forward(3000)
    second = desk.refresh(first["refresh_token"]).get_json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    before, after = claims_of(first["id_token"]), claims_of(second["id_token"])
    for name in ("iss", "sub", "aud", "auth_time", "sid"):  # OpenID Connect Core, section 12.2
        assert before[name] == after[name]
    assert desk.refresh(second["refresh_token"]).status_code == 200


def test_a_parallel_request_is_told_to_wait_and_ends_nothing(desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob)["refresh_token"]
    answers = [desk.refresh(token) for _ in range(5)]
    assert [one.status_code for one in answers] == [200, 503, 503, 503, 503]
    assert answers[1].get_json()["error"] == "temporarily_unavailable"
    assert int(answers[1].headers["Retry-After"]) == AT_ONCE_S
    assert desk.refresh(answers[0].get_json()["refresh_token"]).status_code == 200


def test_an_answer_that_got_lost_is_given_once_more(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob)["refresh_token"]
    desk.refresh(token)
    world.clock.forward(AT_ONCE_S + 1)
    again = desk.refresh(token)
    assert again.status_code == 200
    assert desk.refresh(again.get_json()["refresh_token"]).status_code == 200


@pytest.mark.parametrize("later_s", [LOST_ANSWER_S, 3600])
def test_one_that_comes_again_later_ends_the_whole_family(
    world: World, desk: App, acme: Tenant, bob: Account, later_s: int
) -> None:
    first = desk.tokens(acme, bob)
    second = desk.refresh(first["refresh_token"]).get_json()
    world.clock.forward(later_s)
    reused = desk.refresh(first["refresh_token"])
    assert (reused.status_code, reused.get_json()["error"]) == (400, "invalid_grant")
    assert desk.refresh(second["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert not desk.active(second["access_token"])
    (entry,) = [one.entry for one in world.bridge.audit.latest(chain_of(acme.id), most=5)]
    assert (entry.action, entry.subject) == ("authorization.reused", "acme/bob")


def test_a_second_retry_ends_the_family(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob)["refresh_token"]
    desk.refresh(token)
    world.clock.forward(5)
    retried = desk.refresh(token).get_json()
    world.clock.forward(5)
    assert desk.refresh(token).get_json()["error"] == "invalid_grant"
    assert desk.refresh(retried["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_a_thief_within_the_seconds_of_a_lost_answer_is_exposed_by_the_next_refresh(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    token = desk.tokens(acme, bob)["refresh_token"]
    first = desk.refresh(token).get_json()
    world.clock.forward(AT_ONCE_S + 1)
    stolen = desk.refresh(token).get_json()
    world.clock.forward(3000)
    assert desk.refresh(first["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert desk.refresh(stolen["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert not desk.active(stolen["access_token"])


def test_a_thief_gets_nothing_once_the_answer_has_been_used(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    token = desk.tokens(acme, bob)["refresh_token"]
    world.clock.forward(1)
    first = desk.refresh(token).get_json()
    world.clock.forward(AT_ONCE_S + 1)
    second = desk.refresh(first["refresh_token"]).get_json()
    assert desk.refresh(token).get_json()["error"] == "invalid_grant"
    assert not desk.active(second["access_token"])


def test_oidcc_refresh_token_is_bound_to_its_client(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob)["refresh_token"]
    other = App.registered(world, "other")
    assert other.refresh(token).get_json()["error"] == "invalid_grant"
    assert desk.refresh(token).status_code == 200


def test_it_ends_after_ninety_days_however_often_it_is_used(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    token = desk.tokens(acme, bob)["refresh_token"]
    for _ in range(9):
        world.clock.forward(REFRESH_TOKEN_S / 9 - 60)
        token = desk.refresh(token).get_json()["refresh_token"]
    world.clock.forward(600)
    assert desk.refresh(token).get_json()["error"] == "invalid_grant"


def test_fewer_scopes_may_be_asked_for_and_no_others(desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob, scopes=("openid", "email", "users:read"))["refresh_token"]
    assert desk.refresh(token, scope="openid stats").get_json()["error"] == "invalid_scope"
    narrow = desk.refresh(token, scope="openid").get_json()
    assert narrow["scope"] == "openid"
    assert "email" not in claims_of(narrow["id_token"])
    assert claims_of(narrow["access_token"])["scope"] == "openid"
    assert "email" not in desk.userinfo(narrow["access_token"]).get_json()
    whole = desk.refresh(narrow["refresh_token"]).get_json()
    assert set(whole["scope"].split()) == {"openid", "email", "users:read"}


def test_a_client_without_the_grant_gets_none(world: World, acme: Tenant, bob: Account) -> None:
    desk = App.registered(world, grants=(GrantType.AUTHORIZATION_CODE,))
    assert "refresh_token" not in desk.tokens(acme, bob)
    assert desk.refresh("anything").get_json()["error"] == "unauthorized_client"


@pytest.mark.parametrize("scopes", [EVERY_SCOPE, ("openid",)])
def test_it_dies_with_account_tenant_policy_and_epoch(
    world: World, desk: App, acme: Tenant, bob: Account, scopes: tuple[str, ...]
) -> None:
    changes = (
        replace(bob, status=Status.DISABLED),
        replace(acme, status=Status.DISABLED),
        replace(acme, policy=LoginPolicy.SSO_ONLY),
        replace(acme, password_epoch=acme.password_epoch + 1),
    )
    for change in changes:
        tokens = desk.tokens(acme, bob, scopes=scopes)
        world.save(change)
        assert desk.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"
        assert not desk.active(tokens["access_token"])
        assert desk.userinfo(tokens["access_token"]).status_code == 401
        world.save(acme)
        world.save(bob)


def test_only_offline_access_outlives_the_session(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    answers = {}
    for scopes in (("openid",), ("openid", "offline_access")):
        signed_in = desk.signed_in(acme, bob, scopes=scopes)
        token = desk.redeem(signed_in.code).get_json()["refresh_token"]
        with world.bridge.database.write() as work:
            work.sessions.end(signed_in.session, at=world.clock.now())
        answers[scopes] = desk.refresh(token).status_code
    assert answers == {("openid",): 400, ("openid", "offline_access"): 200}


def test_an_idle_session_ends_what_is_not_offline(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob, scopes=("openid",))["refresh_token"]
    world.clock.forward(acme.limits.idle_s + 1)
    assert desk.refresh(token).get_json()["error"] == "invalid_grant"


def test_the_networks_of_a_tenant_hold_for_people_with_a_public_client_and_not_for_servers(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    phone = App.registered(world, "phone", secret=None)
    of_phone, of_desk = phone.tokens(acme, bob)["refresh_token"], desk.tokens(acme, bob)["refresh_token"]
    world.save(replace(acme, security=SecurityPolicy(networks=("198.51.100.0/24",))))
    assert phone.refresh(of_phone).get_json()["error"] == "invalid_grant"
    assert desk.refresh(of_desk).status_code == 200
    world.save(acme)
    assert phone.refresh(of_phone).status_code == 200  # it was not used up


def test_what_is_stored_is_no_token(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    signed_in = desk.signed_in(acme, bob)
    tokens = desk.redeem(signed_in.code).get_json()
    with world.bridge.database.engine.connect() as connection:
        dump = "\n".join(connection.connection.dbapi_connection.iterdump())  # type: ignore[union-attr]  # SQLite's own
    for secret in (signed_in.code, tokens["refresh_token"], tokens["access_token"], desk.secret):
        assert str(secret) not in dump
