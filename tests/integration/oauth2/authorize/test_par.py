"""Pushed authorization requests: RFC 9126."""

import hashlib

import pytest
from werkzeug.test import TestResponse

from tests.oauth2_app import OAuth2App, answered, decide, location, query_of, through_provider
from tests.threats.acme import Acme

SECRET = "a secret that was generated, 43 characters or more"
PUSHED = "urn:ietf:params:oauth:request_uri:"


@pytest.fixture
def app(acme: Acme) -> OAuth2App:
    """Confidential."""
    return OAuth2App.registered(acme.world, secret_hash=hashlib.sha256(SECRET.encode()).hexdigest())


def push(app: OAuth2App, **changes: str | None) -> TestResponse:
    given = {"client_secret": SECRET, **app.parameters(**changes)}
    return app.world.client().post("/oauth2/par", data=given)


def pushed(app: OAuth2App, **changes: str | None) -> str:
    answer = push(app, **changes)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["request_uri"])


def use(app: OAuth2App, acme: Acme, request_uri: str, **more: str) -> TestResponse:
    query = {"client_id": app.client.client_id, "request_uri": request_uri, **more}
    return acme.browser.get("/oauth2/authorize", query_string=query)


def test_what_was_pushed_is_what_is_asked(acme: Acme, app: OAuth2App) -> None:
    answer = push(app)
    body = answer.get_json()

    assert (answer.status_code, body["expires_in"], answer.headers["Cache-Control"]) == (201, 60, "no-store")
    assert body["request_uri"].startswith(PUSHED)
    acme.sign_in()
    got = answered(use(app, acme, body["request_uri"], scope="openid email", state="another"))
    assert got["state"] == "the state", "nothing of the address counts"


def test_it_leads_through_the_login_too(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    to_login = location(use(app, acme, pushed(app, tenant="acme")))
    assert to_login.startswith("/t/acme/login?")

    onward = query_of(to_login)["next"]
    consent = through_provider(acme, f"/t/acme/oauth/login?next={onward}")

    assert answered(decide(acme.browser, consent, "allow"))["code"]


def test_a_form_of_the_apps_page_may_bring_it(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    posted = acme.browser.post("/oauth2/authorize", data={"client_id": "agent-desk", "request_uri": pushed(app)})

    assert answered(acme.browser.get(location(posted)))["code"]


def test_errors_are_told_to_the_app_at_once(app: OAuth2App) -> None:
    answer = push(app, scope="openid nothing")

    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")
    assert "Location" not in answer.headers


def test_a_public_client_may_push_too(acme: Acme) -> None:
    public = OAuth2App.registered(acme.world, "desktop")
    acme.sign_in()
    answer = acme.browser.post("/oauth2/par", data=public.parameters())

    assert answered(use(public, acme, answer.get_json()["request_uri"]))["code"]
