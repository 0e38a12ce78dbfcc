"""What is in the tokens, and which tokens open."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest

from app.domain.oauth2.claims import LOGOUT_EVENT, session_name
from app.domain.oauth2.oauth2_error import OAuth2Error
from tests.builders import BASE_URL, World
from tests.integration.oauth2.issued import BOB, DESK, authorized, verified


def test_an_id_token_says_who_signed_in_how_and_when(world: World) -> None:
    world.clock.stand()
    now = world.clock.now()
    token = world.bridge.oauth2.token_signer.id_token(authorized("openid", now=now), nonce="n", access_token="abc")
    header, claims = verified(world, token)
    assert header["typ"] == "JWT"
    assert claims == {
        "iss": BASE_URL,
        "aud": "agent-desk",
        "sub": "account-bob",
        "tenant": "acme",
        "iat": int(now),
        "exp": int(now) + 3600,
        "auth_time": int(now - 100.5),
        "amr": ["pwd", "otp"],
        "acr": "urn:two",
        "sid": session_name("7K3Q-9MWT-2X", BOB.id),
        "nonce": "n",
        "at_hash": urlsafe_b64encode(hashlib.sha256(b"abc").digest()[:16]).rstrip(b"=").decode(),
    }


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("profile", {"name": "Bob Agent", "preferred_username": "bob"}),
        ("email", {"email": "bob@acme.example", "email_verified": True}),
        ("roles", {"roles": ["agent", "supervisor"]}),
    ],
)
def test_scopes_decide_what_an_id_token_tells(world: World, scope: str, told: dict[str, object]) -> None:
    signer = world.bridge.oauth2.token_signer
    _, without = verified(world, signer.id_token(authorized("openid")))
    _, claims = verified(world, signer.id_token(authorized("openid", scope)))
    assert {name: value for name, value in claims.items() if name not in without} == told


def test_an_address_outside_the_tenants_own_domains_is_not_called_verified(world: World) -> None:
    elsewhere = replace(BOB, email="ceo@globex.example")
    token = world.bridge.oauth2.token_signer.id_token(authorized("openid", "email", account=elsewhere))
    _, claims = verified(world, token)
    assert claims["email_verified"] is False


def test_an_access_token_is_one_of_rfc_9068(world: World) -> None:
    world.clock.stand()
    now = int(world.clock.now())
    issued = world.bridge.oauth2.token_signer.access_token(
        client=DESK, scopes=["openid", "roles"], authorized=authorized("openid", "roles", now=now)
    )
    header, claims = verified(world, issued.value)
    assert header["typ"] == "at+jwt"
    assert claims["jti"].startswith("authorization-1.")
    assert {name: claims[name] for name in ("iss", "aud", "sub", "client_id", "scope", "iat", "exp", "roles")} == {
        "iss": BASE_URL,
        "aud": BASE_URL,
        "sub": "account-bob",
        "client_id": "agent-desk",
        "scope": "openid roles",
        "iat": now,
        "exp": now + 3600,
        "roles": ["agent", "supervisor"],
    }
    opened = world.bridge.oauth2.token_signer.open_access_token(issued.value)
    assert opened.authorization_id == "authorization-1"
    assert (opened.jti, opened.expires_at, opened.scopes) == (issued.jti, issued.expires_at, issued.scopes)


def test_an_access_token_of_a_program_names_nobody(world: World) -> None:
    issued = world.bridge.oauth2.token_signer.access_token(client=DESK, scopes=["users:read"])
    _, claims = verified(world, issued.value)
    assert claims["sub"] == claims["client_id"] == "agent-desk"
    assert not {"sid", "tenant", "roles", "auth_time"} & set(claims)
    assert world.bridge.oauth2.token_signer.open_access_token(issued.value).authorization_id is None


def test_a_logout_token_is_one_of_back_channel_logout(world: World) -> None:
    world.clock.stand()
    token = world.bridge.oauth2.token_signer.logout_token(DESK, subject="bob", sid="S")
    header, claims = verified(world, token)
    assert header["typ"] == "logout+jwt"
    assert claims.pop("jti")
    now = int(world.clock.now())
    assert claims == {
        "iss": BASE_URL,
        "aud": "agent-desk",
        "sub": "bob",
        "sid": "S",
        "iat": now,
        "exp": now + 120,
        "events": {LOGOUT_EVENT: {}},
    }


def test_an_expired_access_token_does_not_open(world: World) -> None:
    signer = world.bridge.oauth2.token_signer
    issued = signer.access_token(client=DESK, scopes=["users:read"])
    world.clock.forward(3601)
    with pytest.raises(OAuth2Error, match="invalid_token"):
        signer.open_access_token(issued.value)


def test_an_expired_id_token_still_serves_as_a_hint(world: World) -> None:
    signer = world.bridge.oauth2.token_signer
    token = signer.id_token(authorized("openid"))
    world.clock.forward(7200)
    hint = signer.open_id_token_hint(token)
    assert (hint.subject, hint.client_id, hint.sid) == (
        "account-bob",
        "agent-desk",
        session_name("7K3Q-9MWT-2X", BOB.id),
    )
