"""Authorization codes: once, for one client, one redirect URI, one verifier, one minute (ASVS 10.4.2, 10.4.3, 10.4.6).

Modules of the OpenID Foundation's suites are named where a test does what they do.
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest

from app.domain.accounts.account import Account
from app.domain.audit.audit import chain_of
from app.domain.oauth2.authorization import CODE_S
from app.domain.oauth2.client import GrantType
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant
from tests.apps import VERIFIER, App
from tests.builders import BASE_URL, World


def claims_of(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def test_a_code_brings_tokens_that_say_who_signed_in(desk: App, acme: Tenant, bob: Account) -> None:
    signed_in = desk.signed_in(acme, bob, nonce="n-1")
    answer = desk.redeem(signed_in.code)
    body = answer.get_json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 3600
    assert set(body["scope"].split()) == {"openid", "email", "profile", "roles", "offline_access"}
    told = claims_of(body["id_token"])
    assert (told["iss"], told["aud"], told["sub"], told["tenant"]) == (BASE_URL, "desk", bob.id, "acme")
    assert (told["email"], told["nonce"], told["amr"]) == ("bob@acme.example", "n-1", ["pwd"])
    assert desk.active(body["access_token"])
    assert "expires" not in body


def test_a_client_that_asks_for_it_is_told_when_a_token_expires_as_a_time(world: World) -> None:
    desk = App.registered(world, expires_iso=True)
    expires = desk.client_credentials().get_json()["expires"]
    assert expires[10] == "T"
    assert expires.count(":") == 2
    assert not expires.endswith("Z")
    assert "+" not in expires


def test_oidcc_codereuse_a_second_use_is_refused_and_ends_what_came_of_the_first(
    desk: App, acme: Tenant, bob: Account
) -> None:
    code = desk.signed_in(acme, bob).code
    tokens = desk.redeem(code).get_json()
    again = desk.redeem(code)
    assert (again.status_code, again.get_json()["error"]) == (400, "invalid_grant")
    assert not desk.active(tokens["access_token"])
    assert desk.userinfo(tokens["access_token"]).status_code == 401
    assert desk.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize("seconds", [1, 30, 3600])
def test_oidcc_codereuse_30seconds_also_when_it_comes_late(
    world: World, desk: App, acme: Tenant, bob: Account, seconds: int
) -> None:
    code = desk.signed_in(acme, bob).code
    tokens = desk.redeem(code).get_json()
    world.clock.forward(seconds)
    assert desk.redeem(code).get_json()["error"] == "invalid_grant"
    assert desk.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_the_reuse_of_a_code_is_in_the_audit(world: World, desk: App, acme: Tenant, bob: Account) -> None:
    code = desk.signed_in(acme, bob).code
    for _ in range(3):
        desk.redeem(code)
    entries = [one.entry for one in world.bridge.audit.latest(chain_of(acme.id), most=5)]
    assert [(one.action, one.actor, one.subject) for one in entries] == [("authorization.reused", "desk", "acme/bob")]


def test_fapi2_ensure_token_endpoint_fails_with_expired_auth_code(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    code = desk.signed_in(acme, bob).code
    world.clock.forward(CODE_S)
    assert desk.redeem(code).get_json()["error"] == "invalid_grant"
    other = desk.signed_in(acme, bob).code
    world.clock.forward(CODE_S - 1)
    assert desk.redeem(other).status_code == 200


def test_fapi2_ensure_authorization_code_is_bound_to_client(
    world: World, desk: App, acme: Tenant, bob: Account
) -> None:
    code = desk.signed_in(acme, bob).code
    other = App.registered(world, "other")
    assert other.redeem(code).get_json()["error"] == "invalid_grant"
    assert desk.redeem(code).status_code == 200  # a stranger's try has not used it up


@pytest.mark.parametrize(
    "redirect_uri", ["", "https://desk.example/callback/", "https://desk.example/callback?a=b", "https://evil.example/"]
)
def test_a_code_is_bound_to_its_redirect_uri(desk: App, acme: Tenant, bob: Account, redirect_uri: str) -> None:
    code = desk.signed_in(acme, bob).code
    assert desk.redeem(code, redirect_uri=redirect_uri).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize("verifier", ["", "w" * 43, "v" * 42, "v" * 44, "v" * 129, "v" * 42 + "é", VERIFIER + "\n"])
@pytest.mark.parametrize("secret", ["a secret", None])
def test_fapi2_incorrect_pkce_code_verifier_rejected(
    world: World, acme: Tenant, bob: Account, verifier: str, secret: str | None
) -> None:
    app = App.registered(world, "app", secret=secret)
    code = app.signed_in(acme, bob).code
    assert app.redeem(code, code_verifier=verifier).get_json()["error"] == "invalid_grant"


def test_a_code_of_a_client_without_the_grant_is_refused(world: World, acme: Tenant, bob: Account) -> None:
    desk = App.registered(world, grants=(GrantType.CLIENT_CREDENTIALS,))
    assert desk.redeem(desk.signed_in(acme, bob).code).get_json()["error"] == "unauthorized_client"


@pytest.mark.parametrize("what", ["account", "tenant", "session", "client", "policy"])
def test_a_code_dies_with_what_it_came_from(world: World, desk: App, acme: Tenant, bob: Account, what: str) -> None:
    signed_in = desk.signed_in(acme, bob, scopes=("openid",))
    if what == "account":
        world.save(replace(bob, status=Status.DISABLED))
    elif what == "tenant":
        world.save(replace(acme, status=Status.DISABLED))
    elif what == "policy":
        world.save(replace(acme, policy=LoginPolicy.SSO_ONLY))
    elif what == "client":
        desk.save(status=Status.DISABLED)
    else:
        with world.bridge.database.write() as work:
            work.sessions.end(signed_in.session, at=world.clock.now())
    answer = desk.redeem(signed_in.code)
    assert answer.get_json()["error"] == ("invalid_client" if what == "client" else "invalid_grant")


def test_an_error_is_no_redirect_and_is_not_stored(desk: App) -> None:
    answer = desk.redeem("nothing")
    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.get_json()) == {"error", "error_description"}
    assert "Location" not in answer.headers


def test_a_wrong_secret_is_answered_with_a_challenge(desk: App, acme: Tenant, bob: Account) -> None:
    answer = desk.redeem(desk.signed_in(acme, bob).code, client_secret="wrong")
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("grant", ["", "password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer"])
def test_other_grants_do_not_exist(desk: App, grant: str) -> None:
    error = desk.post("/oauth2/token", grant_type=grant, username="bob", password="correct horse battery").get_json()
    assert error["error"] in ("unsupported_grant_type", "invalid_request")


def test_repeated_parameters_are_refused_and_unknown_ones_ignored(desk: App, acme: Tenant, bob: Account) -> None:
    code = desk.signed_in(acme, bob).code
    repeated = desk.world.client().post(
        "/oauth2/token", data={"grant_type": ["authorization_code", "authorization_code"], "code": code}
    )
    assert repeated.get_json()["error"] == "invalid_request"
    assert desk.redeem(code, something="else").status_code == 200


def test_what_stands_in_the_query_does_not_count(desk: App, acme: Tenant, bob: Account) -> None:
    code = desk.signed_in(acme, bob).code
    answer = desk.world.client().post(
        f"/oauth2/token?grant_type=authorization_code&code={code}&client_id=desk", data={}
    )
    assert answer.status_code in (400, 401)
    assert desk.redeem(code).status_code == 200


def test_the_token_endpoint_answers_with_a_slash_at_its_end_too(desk: App) -> None:
    assert desk.post("/oauth2/token/", grant_type="client_credentials").status_code == 200


def test_another_method_or_content_type_is_refused(desk: App) -> None:
    assert desk.world.client().get("/oauth2/token").status_code == 405
    answer = desk.world.client().post("/oauth2/token", json={"grant_type": "client_credentials"})
    assert answer.get_json()["error"] == "invalid_request"
