"""Versature, net2phone Canada, LiveChat, Vonage: plain OAuth 2.0 as their documents show it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_idp import FakeProvider, changed
from tests.integration.providers.stage import ALICE, SECRET, Stage, sent

INTEGRATE = "https://integrate.versature.com"
API = "https://api.acme.example"


@pytest.fixture
def server(stage: Stage) -> Iterator[FakeProvider]:
    """Credentials in the form; nobody says what was verified."""
    with FakeProvider(kind="oauth2") as idp:
        idp.client(client_secret=SECRET, auth_method="client_secret_post")
        idp.iss_in_response = False
        idp.person("-", email=ALICE, email_verified=None, id=4711)
        yield idp


@pytest.fixture
def integrate(stage: Stage, server: FakeProvider) -> FakeProvider:
    server.paths |= {"authorize": "/api/oauth/authorize/", "token": "/api/oauth/token/", "userinfo": "/api/me/"}
    server.always_refresh_token = True
    server.on.token_response(changed(scope="Office Manager", expires_in=3599, expires="2016-11-11T16:05:10.301803"))
    return stage.play(server, INTEGRATE)


PERSON: dict[str, Any] = {"userinfo_endpoint": f"{INTEGRATE}/api/me/", "subject_claim": "id", "email_trust": "always"}


@pytest.mark.parametrize("preset", ["versature", "net2phone"])
def test_a_role_as_scope_and_a_time_without_a_zone_are_no_matter(
    stage: Stage, integrate: FakeProvider, preset: str
) -> None:
    stage.connect(preset, **PERSON)
    assert stage.opens()
    request = sent(integrate, "token")
    assert request.path == "/api/oauth/token/", "with its last slash"
    assert {"client_id", "client_secret", "redirect_uri"} <= request.form.keys()
    assert "scope" not in sent(integrate, "authorize").query


def test_a_refresh_token_is_neither_kept_nor_used(stage: Stage, integrate: FakeProvider) -> None:
    stage.connect("net2phone", **PERSON)
    assert stage.opens()
    (refresh_token,) = integrate.refresh_tokens
    assert integrate.calls == ["authorize", "token", "userinfo"]
    assert refresh_token.encode() not in stage.database_bytes()


def test_a_code_that_waited_over_a_minute_is_refused(stage: Stage, integrate: FakeProvider) -> None:
    integrate.code_seconds = -1
    stage.connect("versature", **PERSON)
    assert stage.reason() == "grant_refused"


def test_nobodys_email_is_trusted_before_the_customer_says_so(stage: Stage, integrate: FakeProvider) -> None:
    stage.connect("versature", **{**PERSON, "email_trust": "verified"})
    assert stage.reason() == "email_unverified"


def test_livechat_says_who_it_is_by_its_account(stage: Stage, server: FakeProvider) -> None:
    server.paths |= {"authorize": "/", "token": "/v2/token", "userinfo": "/v2/accounts/me"}
    server.person("-", account_id="496a94f2-cbbf-444e-a3cb-305b9f5f8cbb", email=ALICE, name="Alice")
    stage.play(server, "https://accounts.livechat.com")
    stage.connect("livechat")
    assert stage.opens()
    assert sent(server, "authorize").query["scope"] == "accounts--my:ro"
    server.person("-", account_id="496a94f2-cbbf-444e-a3cb-305b9f5f8cbb", email=ALICE, email_verified=False)
    assert stage.reason() == "email_unverified"


def test_vonage_is_filled_in_by_the_customer(stage: Stage, server: FakeProvider) -> None:
    stage.play(server, API)
    stage.connect(
        "vonage",
        authorization_endpoint=server.url("authorize"),
        token_endpoint=server.url("token"),
        userinfo_endpoint=server.url("userinfo"),
        scopes=["users:read"],
        subject_claim="id",
        email_trust="always",
    )
    assert stage.opens()
    assert sent(server, "authorize").query["scope"] == "users:read"


def test_any_other_oauth_server_is_asked_for_no_scope(stage: Stage, server: FakeProvider) -> None:
    stage.play(server, API)
    server.person("-", user={"id": 4711, "emails": [{"value": ALICE, "confirmed": True}]})
    stage.connect(
        "oauth2",
        authorization_endpoint=server.url("authorize"),
        token_endpoint=server.url("token"),
        userinfo_endpoint=server.url("userinfo"),
        subject_claim="user.id",
        email_claim="user.emails.0.value",
        email_verified_claim="user.emails.0.confirmed",
    )
    assert stage.opens()
    assert "scope" not in sent(server, "authorize").query


@pytest.mark.parametrize("expires_in", [3600, "3600", "1h", "never", None, -1, 1e300])
def test_however_long_a_token_lives_the_login_goes_on(
    stage: Stage, integrate: FakeProvider, expires_in: object
) -> None:
    integrate.on.token_response(changed(expires_in=expires_in, expires_at="2026-11-11T16:05:10"))
    stage.connect("versature", **PERSON)
    assert stage.opens()


def test_a_token_answer_that_is_created_is_taken(stage: Stage, server: FakeProvider) -> None:
    server.answer("token", status=201, body={"access_token": "t", "token_type": "Bearer"})
    server.answer("userinfo", body={"id": 4711, "email": ALICE, "email_verified": True})
    stage.play(server, API)
    stage.connect(
        "oauth2",
        authorization_endpoint=server.url("authorize"),
        token_endpoint=server.url("token"),
        userinfo_endpoint=server.url("userinfo"),
        subject_claim="id",
    )
    assert stage.opens()
