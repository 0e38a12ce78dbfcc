"""A login over loopback at a real provider, which is somebody else's software, by every way it can be connected."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from app.cli.demo.provider import DemoProvider
from app.domain.connections.connection import ClientAuth, MatchBy, Protocol, Sealed
from app.domain.tenants.tenant import Tenant
from app.services.traces.traces import explain
from tests.services.canaille import person, sign_in
from tests.services.site import Site

SECONDS = 60
REFERENCE = re.compile(r'data-reference="([^"]+)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def acme(site: Site) -> Tenant:
    """Alice has one account; nothing is connected yet."""
    tenant = site.world.tenant("acme")
    site.world.account(tenant, "alice", email="alice@acme.example", external_id="alice")
    return tenant


def settings(way: str, canaille: DemoProvider) -> Mapping[str, Any]:
    """`endpoints` is what discovery would have said."""
    endpoints = {
        "authorization_endpoint": f"{canaille.issuer}/oauth/authorize",
        "token_endpoint": f"{canaille.issuer}/oauth/token",
        "userinfo_endpoint": f"{canaille.issuer}/oauth/userinfo",
    }
    jwks_uri = f"{canaille.issuer}/oauth/jwks.json"
    ways: dict[str, Mapping[str, Any]] = {
        "discovery": {},
        "discovery elsewhere": {"discovery_url": f"{canaille.issuer}/.well-known/oauth-authorization-server"},
        "manual endpoints": {**endpoints, "jwks_uri": jwks_uri},
        "keys inline": {**endpoints, "jwks": requests.get(jwks_uri, timeout=SECONDS).text},
        "plain OAuth 2.0": {"protocol": Protocol.OAUTH2, "issuer": None, **endpoints},
        "by username": {"match_by": MatchBy.USERNAME},
        "by external id": {"match_by": MatchBy.EXTERNAL_ID},
        "without PKCE": {"pkce": False},
    }
    return ways[way]


WAYS = (
    "discovery", "discovery elsewhere", "manual endpoints", "keys inline", "plain OAuth 2.0", "by username",
    "by external id", "without PKCE",
)  # fmt: skip


def log_in(site: Site, browser: requests.Session, who: str) -> requests.Response:
    """Out to the provider, signed in there, back, and on to where that leads."""
    out = browser.get(site.url("/t/acme/oauth/login"), allow_redirects=False, timeout=SECONDS)
    assert out.status_code == 302, out.text
    return browser.get(sign_in(browser, out.headers["location"], person(who)), timeout=SECONDS)


def session(site: Site, browser: requests.Session) -> dict[str, object]:
    """Empty where nobody is signed in."""
    answer = browser.get(site.url("/session"), timeout=SECONDS)
    return dict(answer.json()) if answer.status_code == 200 else {}


def username(found: dict[str, object]) -> object:
    account = found["account"]
    assert isinstance(account, dict)
    return account["username"]


def reason_of(site: Site, answer: requests.Response) -> object:
    """Why a login stopped, by the reference on its page."""
    found = REFERENCE.search(answer.text)
    assert found, answer.text
    return explain(site.world.bridge.traces.get(found[1]))["reason"]


@pytest.mark.parametrize("way", WAYS)
def test_alice_is_in(site: Site, acme: Tenant, canaille: DemoProvider, browser: requests.Session, way: str) -> None:
    site.connect(acme, canaille, **settings(way, canaille))
    answer = log_in(site, browser, "alice")
    assert answer.url == site.url("/account"), reason_of(site, answer)
    found = session(site, browser)
    assert (username(found), found["connection"], found["method"]) == ("alice", "main", "sso")
    trace = explain(site.world.bridge.traces.get(str(found["reference"])))
    assert (trace["outcome"], trace["reason"]) == ("signed_in", None)


def test_bob_has_to_choose(site: Site, canaille: DemoProvider, browser: requests.Session) -> None:
    site.acme(canaille)
    chooser = log_in(site, browser, "bob")
    assert session(site, browser) == {}
    button = re.search(r'name="account" value="([^"]+)"', chooser.text)
    assert button
    fields = dict(HIDDEN.findall(chooser.text)) | {"account": button[1]}
    answer = browser.post(site.url("/accounts/choose"), data=fields, timeout=SECONDS)
    assert answer.url == site.url("/account")
    assert username(session(site, browser)) == "bob"


def test_who_has_no_account_is_refused(
    site: Site, acme: Tenant, canaille: DemoProvider, browser: requests.Session
) -> None:
    site.connect(acme, canaille)
    answer = log_in(site, browser, "nina")
    assert (answer.status_code, reason_of(site, answer)) == (403, "no_account")
    assert session(site, browser) == {}


def test_an_address_that_the_provider_does_not_call_verified_opens_nothing(
    site: Site, acme: Tenant, canaille: DemoProvider, browser: requests.Session
) -> None:
    site.connect(acme, canaille, email_trust="verified")
    answer = log_in(site, browser, "alice")
    assert (answer.status_code, reason_of(site, answer)) == (403, "email_unverified")


@pytest.mark.parametrize(
    "change", [{"client_auth_encoding": "form"}, {"client_auth": ClientAuth.POST}], ids=["encoding", "method"]
)
def test_a_client_that_proves_itself_in_another_way_is_told_apart(
    site: Site, acme: Tenant, canaille: DemoProvider, browser: requests.Session, change: Mapping[str, Any]
) -> None:
    site.connect(acme, canaille, **change)
    assert reason_of(site, log_in(site, browser, "alice")) == "client_refused"


def test_a_wrong_secret_is_told_apart_and_the_right_one_works_at_once(
    site: Site, acme: Tenant, canaille: DemoProvider, browser: requests.Session
) -> None:
    right = site.connect(acme, canaille)
    wrong = Sealed(site.world.bridge.sealer.seal(b"an old one", purpose="connection-secret"))
    site.world.save(replace(right, client_secret=wrong))
    assert reason_of(site, log_in(site, browser, "alice")) == "client_refused"

    site.world.save(right)
    browser.cookies.clear()
    assert log_in(site, browser, "alice").url == site.url("/account")


def test_the_logout_is_understood_by_the_provider(
    site: Site, acme: Tenant, canaille: DemoProvider, browser: requests.Session
) -> None:
    site.connect(acme, canaille)
    home = log_in(site, browser, "alice")
    fields = dict(HIDDEN.findall(home.text))
    out = browser.post(site.url("/logout"), data=fields, allow_redirects=False, timeout=SECONDS)
    assert out.headers["location"].startswith(f"{canaille.issuer}/oauth/end_session?")
    back = browser.get(out.headers["location"], allow_redirects=False, timeout=SECONDS)
    assert back.headers["location"].startswith(site.url("/logged-out?"))
    sent, returned = (parse_qs(urlsplit(one.headers["location"]).query)["state"] for one in (out, back))
    assert returned == sent
    assert session(site, browser) == {}
