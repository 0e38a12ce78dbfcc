"""`X-Auth-JWT`: who makes a request, signed for the host that was asked for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.oauth2.claims import session_name
from tests.builders import BASE_URL, World, hidden_fields, password_login
from tests.integration.oauth2.issued import verified
from tests.threats.running import running_world

PASSWORD = "correct horse battery staple"
WIKI = "wiki.vendor.example"


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[World]:
    """Behind a proxy that also serves a wiki; alice works at acme."""
    with running_world(tmp_path, forward_auth_hosts=(WIKI,), cookie_domain="", trusted_proxies=1) as world:
        world.clock.stand()
        world.account(world.tenant(), "alice", email="alice@acme.example", password=PASSWORD)
        yield world


@pytest.fixture
def alice(vendor: World) -> FlaskClient:
    browser = vendor.client()
    assert password_login(browser, "alice", PASSWORD).status_code == 303
    return browser


def asked(browser: FlaskClient, host: str | None = None) -> str:
    response = browser.get("/forward-auth", headers={"X-Forwarded-Host": host} if host else {})
    assert response.status_code == 200
    return response.headers["X-Auth-JWT"]


def test_it_says_what_the_plain_headers_say_for_a_minute(vendor: World, alice: FlaskClient) -> None:
    session = vendor.session(alice)
    assert session is not None
    account = session["account"]
    assert isinstance(account, dict)
    header, claims = verified(vendor, asked(alice), alg="ES256")
    assert (header["alg"], header["typ"]) == ("ES256", "identity+jwt")
    now = int(vendor.clock.now())
    assert claims == {
        "iss": BASE_URL,
        "aud": "localhost:8000",
        "iat": now,
        "exp": now + 60,
        "sub": account["id"],
        "tenant": "acme",
        "username": "alice",
        "name": "Alice",
        "email": "alice@acme.example",
        "roles": ["agent"],
        "method": "password",
        "sid": session_name(str(session["reference"]), account["id"]),
    }


@pytest.mark.parametrize(
    ("host", "audience"),
    [
        (WIKI, WIKI),
        (WIKI.upper(), WIKI),
        ("evil.example", "localhost:8000"),
        (f"{WIKI}.evil.example", "localhost:8000"),
        (f"{WIKI}, evil.example", "localhost:8000"),
    ],
)
def test_it_is_for_a_host_that_the_operator_has_named(
    vendor: World, alice: FlaskClient, host: str, audience: str
) -> None:
    assert verified(vendor, asked(alice, host), alg="ES256")[1]["aud"] == audience


def test_without_a_trusted_proxy_nobody_chooses_whom_it_is_for(tmp_path: Path) -> None:
    with running_world(tmp_path, forward_auth_hosts=(WIKI,)) as world:
        world.account(world.tenant(), "alice", password=PASSWORD)
        browser = world.client()
        password_login(browser, "alice", PASSWORD)
        assert verified(world, asked(browser, WIKI), alg="ES256")[1]["aud"] == "localhost:8000"


def test_it_is_given_again_for_a_while_but_never_close_to_its_end(vendor: World, alice: FlaskClient) -> None:
    first = asked(alice)
    assert asked(alice) == first
    assert asked(alice, WIKI) != first
    vendor.clock.forward(21)
    second = asked(alice)
    assert second != first
    assert verified(vendor, second, alg="ES256")[1]["exp"] == int(vendor.clock.now()) + 60


def test_a_change_of_the_account_is_in_the_next_one(vendor: World, alice: FlaskClient) -> None:
    asked(alice)
    with vendor.bridge.database.read() as work:
        tenant = work.tenants.by_slug("acme")
        assert tenant is not None
        (account,) = work.accounts.of_tenant(tenant.id)
    vendor.save(replace(account, roles=(Role.SUPERVISOR,)))
    assert verified(vendor, asked(alice), alg="ES256")[1]["roles"] == ["supervisor"]


def test_there_is_none_for_whoever_has_signed_out(vendor: World, alice: FlaskClient) -> None:
    asked(alice)
    alice.post("/logout", data=hidden_fields(alice.get("/account")))
    response = alice.get("/forward-auth")
    assert response.status_code == 401
    assert "X-Auth-JWT" not in response.headers


def test_a_withdrawn_key_signs_no_identity_after_two_seconds(vendor: World, alice: FlaskClient) -> None:
    first = asked(alice)
    vendor.bridge.oauth2.signing_keys.rotate(withdraw=True, by=Actor("command line"))
    vendor.clock.forward(2)
    second = asked(alice)
    assert second != first
    verified(vendor, second, alg="ES256")


def test_session_carries_no_signed_identity(alice: FlaskClient) -> None:
    assert "X-Auth-JWT" not in alice.get("/session").headers
