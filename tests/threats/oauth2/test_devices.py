"""Devices without a browser (RFC 8628): nobody guesses a code, and a link alone lets no device in."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.oauth2.client import GrantType
from app.domain.oauth2.device_code import DEVICE_CODE_S, LETTERS, typed, user_code
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.security_policy import SecurityPolicy
from app.domain.tenants.tenant import Status, Tenant
from app.services.oauth2.limits import DEVICE_REQUESTS_MOST, USER_CODES_MOST
from tests.apps import App
from tests.builders import World, hidden_fields, password_login

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PASSWORD = "correct horse battery"


def begin(app: App, scope: str = "openid offline_access") -> dict[str, Any]:
    answer = app.post("/oauth2/device_authorization", scope=scope)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(answer.get_json())


def poll(app: App, begun: dict[str, Any]) -> TestResponse:
    return app.post("/oauth2/token", grant_type=GRANT, device_code=begun["device_code"])


def error(answer: TestResponse) -> str:
    return str(answer.get_json()["error"])


@pytest.fixture
def browser(world: World, bob: Account) -> FlaskClient:
    """Bob's, who is signed in."""
    client = world.client()
    assert password_login(client, "bob", PASSWORD).status_code == 303
    return client


def decide(browser: FlaskClient, begun: dict[str, Any], decision: str = "allow") -> TestResponse:
    page = browser.get("/device", query_string={"user_code": begun["user_code"]})
    assert page.status_code == 200, page.get_data(as_text=True)
    return browser.post("/device", data={**hidden_fields(page), "decision": decision})


def test_a_device_is_let_in_by_the_person_who_types_its_code(desk: App, bob: Account, browser: FlaskClient) -> None:
    begun = begin(desk)
    assert re.fullmatch(f"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}", begun["user_code"])
    assert {"expires_in": 600, "interval": 5}.items() <= begun.items()
    assert begun["verification_uri_complete"].endswith(f"/device?user_code={begun['user_code']}")
    assert error(poll(desk, begun)) == "authorization_pending"
    assert decide(browser, begun).status_code == 200
    tokens = poll(desk, begun).get_json()
    assert desk.introspect(tokens["access_token"])["sub"] == bob.id
    assert desk.refresh(tokens["refresh_token"]).status_code == 200


def test_the_page_names_the_app_its_scopes_and_where_the_device_asked_from(desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    text = browser.get("/device", query_string={"user_code": begun["user_code"]}).get_data(as_text=True)
    for said in ("Desk", begun["user_code"], "127.0.0.1", "Keep this access for up to 90 days", "choose Deny"):
        assert said in text


def test_following_the_link_lets_nobody_in(desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    for _ in range(2):
        browser.get(begun["verification_uri_complete"])
    assert error(poll(desk, begun)) == "authorization_pending"


def test_a_form_of_another_site_lets_nobody_in(desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    assert browser.post("/device", data={"user_code": begun["user_code"], "decision": "allow"}).status_code == 400
    assert error(poll(desk, begun)) == "authorization_pending"


def test_whoever_is_not_signed_in_signs_in_first_and_comes_back(desk: App, world: World, bob: Account) -> None:
    begun, client = begin(desk), world.client()
    away = client.get("/device", query_string={"user_code": begun["user_code"]})
    assert away.status_code == 303
    assert away.headers["Location"].startswith("/?next=%2Fdevice%3Fuser_code%3D")


def test_fapi2_user_rejects_authentication(desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    assert "gets no access" in decide(browser, begun, "deny").get_data(as_text=True)
    assert error(poll(desk, begun)) == "access_denied"


def test_a_device_code_brings_tokens_once(desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    decide(browser, begun)
    assert poll(desk, begun).status_code == 200
    assert error(poll(desk, begun)) == "invalid_grant"


def test_a_code_is_answered_once(desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    page = browser.get("/device", query_string={"user_code": begun["user_code"]})
    fields = hidden_fields(page)
    assert browser.post("/device", data={**fields, "decision": "deny"}).status_code == 200
    assert browser.post("/device", data={**fields, "decision": "allow"}).status_code == 400
    assert error(poll(desk, begun)) == "access_denied"


def test_who_polls_too_often_is_slowed_down(world: World, desk: App) -> None:
    begun = begin(desk)
    assert error(poll(desk, begun)) == "authorization_pending"
    world.clock.forward(4)
    assert error(poll(desk, begun)) == "slow_down"
    world.clock.forward(6)  # the interval has become ten seconds
    assert error(poll(desk, begun)) == "slow_down"
    world.clock.forward(16)
    assert error(poll(desk, begun)) == "authorization_pending"


def test_a_code_expires(world: World, desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    world.clock.forward(DEVICE_CODE_S)
    assert browser.get("/device", query_string={"user_code": begun["user_code"]}).status_code == 400
    assert error(poll(desk, begun)) == "expired_token"


def test_a_device_code_is_bound_to_its_client(world: World, desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    decide(browser, begun)
    assert error(poll(App.registered(world, "other"), begun)) == "invalid_grant"
    assert poll(desk, begun).status_code == 200


def test_guesses_at_codes_are_limited(desk: App, browser: FlaskClient) -> None:
    begun = begin(desk)
    wrong = "BBBB-BBBB" if begun["user_code"] != "BBBB-BBBB" else "CCCC-CCCC"
    answers = [
        browser.get("/device", query_string={"user_code": wrong}).status_code for _ in range(USER_CODES_MOST + 1)
    ]
    assert answers == [400] * USER_CODES_MOST + [429]
    stopped = browser.get("/device", query_string={"user_code": begun["user_code"]})
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0


def test_devices_that_ask_again_and_again_are_stopped(desk: App) -> None:
    answers = [desk.post("/oauth2/device_authorization", scope="openid") for _ in range(DEVICE_REQUESTS_MOST + 1)]
    assert {one.status_code for one in answers[:-1]} == {200}
    assert answers[-1].status_code == 429


def test_a_device_of_another_tenants_app_is_no_device(world: World, browser: FlaskClient) -> None:
    foreign = App.registered(world, "foreign", tenant_id=world.tenant("globex").id)
    begun = begin(foreign)
    answer = browser.get("/device", query_string={"user_code": begun["user_code"]})
    assert answer.status_code == 400
    assert "foreign" not in answer.get_data(as_text=True).lower()


def test_scopes_that_the_client_does_not_hold_are_refused(world: World, desk: App) -> None:
    answer = desk.post("/oauth2/device_authorization", scope="openid users:write")
    assert error(answer) == "invalid_scope"
    plain = App.registered(world, "plain", grants=(GrantType.AUTHORIZATION_CODE,))
    assert error(plain.post("/oauth2/device_authorization", scope="openid")) == "unauthorized_client"
    assert desk.post("/oauth2/device_authorization", scope="openid", client_secret="wrong").status_code == 401


@pytest.mark.parametrize("what", ["policy", "account", "networks"])
def test_the_decision_point_is_asked_when_the_device_comes_for_its_tokens(
    world: World, acme: Tenant, bob: Account, browser: FlaskClient, what: str
) -> None:
    phone = App.registered(world, "phone", secret=None)
    begun = begin(phone)
    decide(browser, begun)
    if what == "policy":
        world.save(replace(acme, policy=LoginPolicy.SSO_ONLY))
    elif what == "account":
        world.save(replace(bob, status=Status.DISABLED))
    else:
        world.save(replace(acme, security=SecurityPolicy(networks=("198.51.100.0/24",))))
    assert error(poll(phone, begun)) == "invalid_grant"


def test_the_decision_point_is_asked_when_the_person_agrees(
    world: World, acme: Tenant, desk: App, browser: FlaskClient
) -> None:
    begun = begin(desk)
    page = browser.get("/device", query_string={"user_code": begun["user_code"]})
    world.save(replace(acme, security=SecurityPolicy(networks=("198.51.100.0/24",))))
    answer = browser.post("/device", data={**hidden_fields(page), "decision": "allow"})
    assert answer.status_code == 403
    assert error(poll(desk, begun)) == "authorization_pending"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wdjb-mjht", "WDJBMJHT"),
        (" WDJB MJHT ", "WDJBMJHT"),
        ("WDJBMJHT", "WDJBMJHT"),
        ("WDJB\u2013MJHT", "WDJBMJHT"),
        ("WDJB-MJH", None),
        ("WDJB-MJHA", None),
        ("WDJB-MJH\x00", None),
        ("", None),
    ],
)
def test_a_code_is_understood_however_it_is_typed(text: str, code: str | None) -> None:
    assert typed(text) == code


def test_codes_are_never_the_same_twice() -> None:
    assert len({user_code(str(number)) for number in range(5000)}) == 5000
