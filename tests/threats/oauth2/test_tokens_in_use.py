"""Introspection, revocation and userinfo: RFC 7662, RFC 7009, RFC 6750, OpenID Connect Core, section 5.3."""

import pytest

from app.domain.accounts.account import Account
from app.domain.tenants.tenant import Tenant
from tests.apps import App
from tests.builders import World


def test_introspection_tells_what_is_true_now(desk: App, acme: Tenant, bob: Account) -> None:
    told = desk.introspect(desk.tokens(acme, bob)["access_token"])
    assert told["active"] is True
    assert (told["sub"], told["client_id"], told["username"], told["tenant"]) == (bob.id, "desk", "bob", "acme")
    assert told["token_type"] == "Bearer"


@pytest.mark.parametrize("token", ["nothing", "a.b.c", "\x00", "é", "x" * 20_000])
def test_nothing_is_told_of_an_unknown_token(desk: App, token: str) -> None:
    assert desk.introspect(token) == {"active": False}


def test_an_expired_token_is_not_active(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob)["access_token"]
    world.clock.forward(3601)
    assert desk.introspect(token) == {"active": False}
    assert desk.userinfo(token).status_code == 401


def test_a_tenants_client_asks_about_its_own_tenant_only(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    globex = world.tenant("globex")
    of_globex = App.registered(world, "globex-api", tenant_id=globex.id)
    of_acme = App.registered(world, "acme-api", tenant_id=acme.id)
    of_person, of_machine = (
        desk.tokens(acme, bob)["access_token"],
        of_acme.client_credentials().get_json()["access_token"],
    )
    of_vendor = desk.client_credentials().get_json()["access_token"]
    assert [of_acme.active(one) for one in (of_person, of_machine, of_vendor)] == [True, True, False]
    for token in (of_person, of_machine, of_vendor):
        assert of_globex.introspect(token) == {"active": False}


def test_a_refresh_token_is_shown_to_its_own_client_only(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    other = App.registered(world, "other")
    token = desk.tokens(acme, bob)["refresh_token"]
    assert desk.active(token)
    assert other.introspect(token) == {"active": False}
    desk.refresh(token)
    assert desk.introspect(token) == {"active": False}


def test_asvs_10_4_10_introspection_and_revocation_ask_who_calls(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    token = desk.tokens(acme, bob)["access_token"]
    phone = App.registered(world, "phone", secret=None)
    for path in ("/oauth2/introspect", "/oauth2/revoke"):
        for secret in ("", "wrong"):
            assert desk.post(path, token=token, client_secret=secret).status_code == 401
        assert desk.post(path).get_json()["error"] == "invalid_request"
    assert phone.post("/oauth2/introspect", token=token).status_code == 401
    assert desk.active(token)


def test_revoking_an_access_token_ends_it_alone(desk: App, acme: Tenant, bob: Account) -> None:
    tokens = desk.tokens(acme, bob)
    assert desk.post("/oauth2/revoke", token=tokens["access_token"]).status_code == 200
    assert not desk.active(tokens["access_token"])
    assert desk.userinfo(tokens["access_token"]).status_code == 401
    assert desk.refresh(tokens["refresh_token"]).status_code == 200


def test_revoking_a_refresh_token_ends_everything_issued_with_it(desk: App, acme: Tenant, bob: Account) -> None:
    tokens = desk.tokens(acme, bob)
    answer = desk.post("/oauth2/revoke", token=tokens["refresh_token"], token_type_hint="access_token")
    assert answer.status_code == 200
    assert desk.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert not desk.active(tokens["access_token"])


def test_revoking_what_is_unknown_or_over_is_no_error(desk: App, acme: Tenant, bob: Account) -> None:
    tokens = desk.tokens(acme, bob)
    for token in ("nothing", tokens["refresh_token"], tokens["refresh_token"], tokens["access_token"]):
        assert desk.post("/oauth2/revoke", token=token).status_code == 200


def test_another_clients_tokens_are_not_revoked(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    other = App.registered(world, "other")
    tokens = desk.tokens(acme, bob)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert other.post("/oauth2/revoke", token=token).status_code == 400
    assert desk.active(tokens["access_token"])
    assert desk.refresh(tokens["refresh_token"]).status_code == 200


def test_a_public_client_revokes_its_own(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    phone = App.registered(world, "phone", secret=None)
    token = phone.tokens(acme, bob)["refresh_token"]
    assert phone.post("/oauth2/revoke", token=token).status_code == 200
    assert phone.refresh(token).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        (("openid",), {"sub", "tenant"}),
        (("openid", "email"), {"sub", "tenant", "email", "email_verified"}),
        (("openid", "profile"), {"sub", "tenant", "name", "preferred_username"}),
        (("openid", "roles"), {"sub", "tenant", "roles"}),
    ],
)
def test_oidcc_userinfo_get_tells_what_the_scopes_say(
    desk: App, acme: Tenant, bob: Account, scopes: tuple[str, ...], told: set[str]
) -> None:
    answer = desk.userinfo(desk.tokens(acme, bob, scopes=scopes)["access_token"])
    assert set(answer.get_json()) == told
    assert answer.headers["Cache-Control"] == "no-store"


def test_oidcc_userinfo_post_header_and_post_body(desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob)["access_token"]
    browser = desk.world.client()
    header = browser.post("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})
    body = browser.post("/oauth2/userinfo", data={"access_token": token})
    assert header.get_json()["sub"] == body.get_json()["sub"] == bob.id
    both = browser.post("/oauth2/userinfo", data={"access_token": token}, headers={"Authorization": f"Bearer {token}"})
    assert both.get_json()["error"] == "invalid_request"


def test_a_token_in_the_query_is_not_seen(desk: App, acme: Tenant, bob: Account) -> None:
    token = desk.tokens(acme, bob)["access_token"]
    for method in ("get", "post"):
        answer = getattr(desk.world.client(), method)(f"/oauth2/userinfo?access_token={token}")
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="sso-bridge"'


def test_userinfo_without_openid_is_refused(desk: App, acme: Tenant, bob: Account) -> None:
    answer = desk.userinfo(desk.tokens(acme, bob, scopes=("email",))["access_token"])
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_a_page_of_the_clients_own_origin_may_read_the_answers_and_no_other(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    def allowed(origin: str, path: str = "/oauth2/token") -> str | None:
        answer = desk.post(path, {"Origin": origin}, grant_type="client_credentials", token="x")
        assert "Access-Control-Allow-Credentials" not in answer.headers
        return answer.headers.get("Access-Control-Allow-Origin")

    for path in ("/oauth2/token", "/oauth2/revoke"):
        assert allowed("https://desk.example", path) == "https://desk.example"
        for other in ("https://evil.example", "null", "https://desk.example:8443", "http://desk.example"):
            assert allowed(other, path) is None
    token = desk.tokens(acme, bob)["access_token"]
    info = world.client().get(
        "/oauth2/userinfo", headers={"Authorization": f"Bearer {token}", "Origin": "https://desk.example"}
    )
    assert info.headers["Access-Control-Allow-Origin"] == "https://desk.example"
    for path in ("/oauth2/token", "/oauth2/revoke", "/oauth2/userinfo"):
        asked = world.client().options(path, headers={"Origin": "https://desk.example"})
        assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")


def test_a_scope_that_a_client_has_lost_is_in_none_of_its_tokens(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    """An authorization lives for 90 days: what the app may have is asked each time, not only at its beginning."""
    tokens = desk.tokens(acme, bob)
    own = desk.client_credentials(scope="stats users:read").get_json()["access_token"]
    code = desk.signed_in(acme, bob).code
    desk.save(scopes=("openid", "offline_access", "stats"))
    assert desk.introspect(own)["scope"] == "stats"
    assert desk.introspect(tokens["access_token"])["scope"] == "openid offline_access"
    assert desk.introspect(tokens["access_token"])["roles"] == []
    assert set(desk.userinfo(tokens["access_token"]).get_json()) == {"sub", "tenant"}
    for answer in (desk.refresh(tokens["refresh_token"]), desk.redeem(code)):
        assert answer.get_json()["scope"] == "openid offline_access"


def test_an_app_that_may_no_longer_outlive_sessions(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    tokens = desk.tokens(acme, bob)
    desk.save(scopes=("openid",))
    assert desk.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_signing_out_with_the_only_refresh_token_left_signs_out(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    tokens = desk.tokens(acme, bob)
    lost = desk.refresh(tokens["refresh_token"]).get_json()
    assert desk.post("/oauth2/revoke", token=tokens["refresh_token"]).status_code == 200
    assert desk.refresh(lost["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert not desk.active(lost["access_token"])
