"""A login over loopback at a real provider, which is somebody else's software, by every way it can be connected."""

import re
from collections.abc import Mapping

import pytest
import requests

from app.cli.demo.provider import DemoProvider
from app.domain.connection import Protocol
from app.domain.login_policy import LoginPolicy
from app.services.traces import explain
from tests.services.canaille import person, sign_in
from tests.services.site import Site

SECONDS = 10
REFERENCE = re.compile(r'data-reference="([^"]+)"')


def endpoints(canaille: DemoProvider) -> dict[str, object]:
    """What discovery would have said."""
    return {
        "authorization_endpoint": f"{canaille.issuer}/oauth/authorize",
        "token_endpoint": f"{canaille.issuer}/oauth/token",
        "userinfo_endpoint": f"{canaille.issuer}/oauth/userinfo",
    }


def settings(way: str, canaille: DemoProvider) -> Mapping[str, object]:
    return {
        "discovery": {},
        "discovery elsewhere": {"discovery_url": f"{canaille.issuer}/.well-known/openid-configuration"},
        "manual endpoints": {**endpoints(canaille), "jwks_uri": f"{canaille.issuer}/oauth/jwks.json"},
        "keys inline": {
            **endpoints(canaille),
            "jwks": requests.get(f"{canaille.issuer}/oauth/jwks.json", timeout=SECONDS).text,
        },
        "plain OAuth 2.0": {"protocol": Protocol.OAUTH2, "issuer": None, **endpoints(canaille)},
        "by username": {"match_by": "username", "match_claim": "preferred_username"},
        "by external id": {"match_by": "external_id"},
        "without PKCE": {"pkce": False},
    }[way]


def callback_of(site: Site, browser: requests.Session, who: str, *, tenant: str = "acme") -> str:
    """Out to the provider, signed in there, and the address that it sends the browser back to."""
    out = browser.get(site.url(f"/t/{tenant}/oauth/login"), allow_redirects=False, timeout=SECONDS)
    assert out.status_code == 302, out.text
    return sign_in(browser, out.headers["location"], person(who))


def session(site: Site, browser: requests.Session) -> dict[str, object] | None:
    answer = browser.get(site.url("/session"), timeout=SECONDS)
    return dict(answer.json()) if answer.status_code == 200 else None


@pytest.mark.parametrize(
    "way",
    ["discovery", "discovery elsewhere", "manual endpoints", "keys inline", "plain OAuth 2.0", "without PKCE"],
)
def test_alice_is_in(site: Site, canaille: DemoProvider, way: str) -> None:
    tenant = site.world.tenant("acme")
    site.world.account(tenant, "alice", email="alice@acme.example")
    site.connect(tenant, canaille, **settings(way, canaille))

    with requests.Session() as browser:
        answer = browser.get(callback_of(site, browser, "alice"), timeout=SECONDS)
        found = session(site, browser)

    assert answer.url == site.url("/account"), outcome(site, answer)["reason"]
    assert found
    assert found["account"] == {
        "id": site_account_id(found),
        "username": "alice",
        "email": "alice@acme.example",
        "name": "Alice",
        "roles": ["agent"],
    }
    assert (found["tenant"], found["connection"], found["method"]) == ("acme", "main", "sso")
    trace = explain(site.world.bridge.traces.get(str(found["reference"])))
    assert (trace["outcome"], trace["reason"]) == ("signed_in", None)


def outcome(site: Site, answer: requests.Response) -> dict[str, object]:
    """What the trace says about a login that stopped."""
    found = REFERENCE.search(answer.text)
    assert found, answer.text
    return dict(explain(site.world.bridge.traces.get(found[1])))


def site_account_id(found: dict[str, object]) -> object:
    account = found["account"]
    assert isinstance(account, dict)
    return account["id"]
