"""Apps on sibling hosts are told who is signed in, and get nothing that would open a page of the bridge."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import STAFF
from tests.builders import World, hidden_fields
from tests.services.statements import statements
from tests.threats.running import running_world

BRIDGE = "https://login.vendor.example"
SIBLING = "https://wiki.vendor.example"
OWN, SHARED, DEVICE = "__Host-sso_session", "__Secure-sso_shared", "__Host-sso_device"
PASSWORD = "correct horse battery staple"
ASKED = ("/forward-auth", "/session")
PAGES = ("/support/", "/support/staff", "/account", "/account/password", "/accounts/choose", "/account/second-factor")


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[World]:
    """A bridge that shares sign-ins with all hosts of its vendor, where olga is an operator."""
    with running_world(tmp_path, base_url=BRIDGE, cookie_domain="vendor.example") as world:
        staff = world.tenant(STAFF)
        world.account(staff, "olga", password=PASSWORD, roles=[Role.OPERATOR])
        yield world


def sign_in(world: World) -> tuple[FlaskClient, TestResponse]:
    browser = world.client()
    form = hidden_fields(browser.get("/t/staff/login", base_url=BRIDGE))
    answer = browser.post("/t/staff/login", data={**form, "username": "olga", "password": PASSWORD}, base_url=BRIDGE)
    assert answer.status_code == 303
    return browser, answer


def cookies_at(browser: FlaskClient, host: str) -> dict[str, str]:
    """What the browser sends there."""
    return dict(browser.get("/", base_url=host).request.cookies)


def status(world: World, path: str, **cookies: str) -> int:
    """What somebody gets who has nothing but these cookies."""
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return world.app.test_client(use_cookies=False).get(path, base_url=BRIDGE, headers={"Cookie": header}).status_code


def test_what_is_shared_is_a_cookie_of_its_own_that_needs_https(vendor: World) -> None:
    _, answer = sign_in(vendor)
    lines = {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    assert lines.keys() == {OWN, SHARED, DEVICE}
    assert "Domain" not in lines[OWN]
    assert "Domain=vendor.example" in lines[SHARED]
    assert "Domain" not in lines[DEVICE]
    for line in lines.values():
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in line.split(";")}


def test_without_a_shared_domain_nothing_is_shared(tmp_path: Path) -> None:
    with running_world(tmp_path, base_url=BRIDGE) as world:
        world.account(world.tenant(STAFF), "olga", password=PASSWORD, roles=[Role.OPERATOR])
        browser, _ = sign_in(world)
        assert not cookies_at(browser, SIBLING)


def test_a_sibling_host_learns_who_is_signed_in(vendor: World) -> None:
    browser, _ = sign_in(vendor)
    seen = cookies_at(browser, SIBLING)
    assert seen.keys() == {SHARED}
    for path in ASKED:
        assert status(vendor, path, **seen) == 200


def test_what_a_sibling_host_holds_opens_no_page_whatever_name_it_is_given(vendor: World) -> None:
    browser, _ = sign_in(vendor)
    shared = cookies_at(browser, SIBLING)[SHARED]
    assert browser.get("/support/", base_url=BRIDGE).status_code == 200
    for name in (SHARED, OWN, "sso_session", "__Secure-sso_session"):
        for path in PAGES:
            assert status(vendor, path, **{name: shared}) == 303, (name, path)
    for path in ASKED:
        assert status(vendor, path, **{OWN: shared}) == 401


def test_a_sibling_host_does_not_hold_the_sessions_secret_or_its_name(vendor: World) -> None:
    browser, _ = sign_in(vendor)
    own = cookies_at(browser, BRIDGE)[OWN]
    assert status(vendor, "/forward-auth", **{SHARED: own}) == 401
    with vendor.bridge.database.read() as work:
        tenant = work.tenants.by_slug(STAFF)
        assert tenant
        (live,) = work.sessions.of_tenant(tenant.id, now=vendor.clock.now(), most=5)
    assert status(vendor, "/forward-auth", **{SHARED: live.session.id}) == 401, "a stolen database makes no cookie"


def test_a_sibling_host_signs_nobody_out(vendor: World) -> None:
    browser, _ = sign_in(vendor)
    thief = vendor.client()
    thief.set_cookie(SHARED, cookies_at(browser, SIBLING)[SHARED], domain="login.vendor.example")
    thief.post("/logout", base_url=BRIDGE)
    assert browser.get("/session", base_url=BRIDGE).status_code == 200


def test_what_was_shared_dies_with_the_session(vendor: World) -> None:
    browser, _ = sign_in(vendor)
    seen = cookies_at(browser, SIBLING)
    form = hidden_fields(browser.get("/account", base_url=BRIDGE))
    browser.post("/logout", data=form, base_url=BRIDGE)
    assert not cookies_at(browser, SIBLING), "the browser has dropped both"
    assert OWN not in cookies_at(browser, BRIDGE)
    for path in ASKED:
        assert status(vendor, path, **seen) == 401


def test_what_was_shared_dies_with_a_new_login(vendor: World) -> None:
    browser, _ = sign_in(vendor)
    seen = cookies_at(browser, SIBLING)
    form = hidden_fields(browser.get("/t/staff/login", base_url=BRIDGE))
    browser.post("/t/staff/login", data={**form, "username": "olga", "password": PASSWORD}, base_url=BRIDGE)
    assert status(vendor, "/forward-auth", **seen) == 401
    assert status(vendor, "/forward-auth", **cookies_at(browser, SIBLING)) == 200


def test_a_cookie_that_a_sibling_host_planted_does_not_count_beside_our_own(vendor: World) -> None:
    vendor.account(vendor.bridge.tenant_lookup.options(STAFF).tenant, "eve", password=PASSWORD)
    form_of = vendor.client()
    form = hidden_fields(form_of.get("/t/staff/login", base_url=BRIDGE))
    form_of.post("/t/staff/login", data={**form, "username": "eve", "password": PASSWORD}, base_url=BRIDGE)
    planted = cookies_at(form_of, SIBLING)[SHARED]
    browser, _ = sign_in(vendor)
    own = cookies_at(browser, BRIDGE)[OWN]
    answer = vendor.app.test_client(use_cookies=False).get(
        "/session", base_url=BRIDGE, headers={"Cookie": f"{SHARED}={planted}; {OWN}={own}"}
    )
    assert answer.get_json()["account"]["username"] == "olga"


def test_asking_who_is_signed_in_costs_one_query_by_either_cookie(vendor: World) -> None:
    """Beside it, a worker reads the keys that it signs with, every two seconds: not with each request."""
    browser, _ = sign_in(vendor)
    vendor.client().get("/oauth2/jwks")
    for cookies in (cookies_at(browser, BRIDGE), cookies_at(browser, SIBLING)):
        with statements(vendor.bridge.database) as asked:
            assert status(vendor, "/forward-auth", **cookies) == 200
        assert len([text for text in asked if "signing_keys" not in text]) == 1
