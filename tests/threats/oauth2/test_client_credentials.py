"""What a client may do by itself: what it asks for and holds, and nothing of any person (ASVS 10.4.4, 10.4.11)."""

from dataclasses import replace

import pytest

from app.domain.accounts.account import Account
from app.domain.oauth2.client import GrantType
from app.domain.tenants.tenant import Status, Tenant
from tests.apps import App
from tests.builders import World
from tests.threats.oauth2.test_codes import claims_of


def test_a_token_is_limited_to_the_scopes_asked_for(desk: App) -> None:
    answer = desk.client_credentials(scope="stats").get_json()
    assert answer["scope"] == "stats"
    claims = claims_of(answer["access_token"])
    assert (claims["sub"], claims["client_id"], claims["scope"]) == ("desk", "desk", "stats")
    assert not {"sid", "tenant", "auth_time"} & set(claims)
    assert not {"refresh_token", "id_token"} & set(answer)


def test_without_scope_all_that_it_holds_for_itself_are_granted(desk: App) -> None:
    assert set(desk.client_credentials().get_json()["scope"].split()) == {"users:read", "stats"}


@pytest.mark.parametrize(
    "scope", ["users:write", "stats users:write", "nothing", "openid", "stats offline_access", 'a"b']
)
def test_what_it_does_not_hold_or_what_is_for_people_is_refused(desk: App, scope: str) -> None:
    assert desk.client_credentials(scope=scope).get_json()["error"] == "invalid_scope"


def test_a_public_client_and_one_without_the_grant_get_none(world: World) -> None:
    phone = App.registered(world, "phone", secret=None)
    plain = App.registered(world, "plain", grants=(GrantType.AUTHORIZATION_CODE,))
    for app in (phone, plain):
        assert app.client_credentials().get_json()["error"] == "unauthorized_client"


def test_its_tokens_die_with_it(world: World, desk: App) -> None:
    api = App.registered(world, "api")
    token = api.client_credentials().get_json()["access_token"]
    assert desk.active(token)
    api.save(status=Status.DISABLED)
    assert not desk.active(token)


def test_its_tokens_die_with_its_tenant(world: World, desk: App, acme: Tenant) -> None:
    api = App.registered(world, "api", tenant_id=acme.id)
    token = api.client_credentials().get_json()["access_token"]
    assert claims_of(token)["tenant"] == "acme"
    assert desk.active(token)
    world.save(replace(acme, status=Status.DISABLED))
    assert not desk.active(token)
    assert api.client_credentials().get_json()["error"] == "invalid_client"


def test_a_token_of_a_client_tells_of_nobody(desk: App, acme: Tenant, bob: Account) -> None:
    answer = desk.userinfo(desk.client_credentials().get_json()["access_token"])
    assert (answer.status_code, answer.get_json()["error"]) == (403, "insufficient_scope")
