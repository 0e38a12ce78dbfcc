"""FAPI 2.0 Security Profile, final: modules for providers about the authorization endpoint and pushed requests."""

import hashlib

import pytest
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from tests.oauth2_app import OAuth2App, answered, decide, location
from tests.threats.acme import Acme

SECRET = "a secret that was generated, 43 characters or more"
HASH = hashlib.sha256(SECRET.encode()).hexdigest()


@pytest.fixture
def app(acme: Acme) -> OAuth2App:
    """Confidential."""
    return OAuth2App.registered(acme.world, secret_hash=HASH)


def push(app: OAuth2App, **changes: str | None) -> TestResponse:
    given = {"client_secret": SECRET, **app.parameters(**changes)}
    return app.world.client().post("/oauth2/par", data=given)


def pushed(app: OAuth2App) -> str:
    return str(push(app).get_json()["request_uri"])


def use(acme: Acme, app: OAuth2App, request_uri: str) -> TestResponse:
    query = {"client_id": app.client.client_id, "request_uri": request_uri}
    return acme.browser.get("/oauth2/authorize", query_string=query)


def refused(answer: TestResponse, code: str) -> None:
    assert "Location" not in answer.headers
    assert (answer.status_code, answer.get_json()["error"]) == (401 if code == "invalid_client" else 400, code)


def test_par_attempt_reuse_request_uri(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    request_uri = pushed(app)
    assert answered(use(acme, app, request_uri))["code"]

    acme.refused(use(acme, app, request_uri), ReasonCode.APP_REQUEST_INVALID)


def test_par_attempt_to_use_expired_request_uri(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    request_uri = pushed(app)
    acme.world.clock.forward(61)

    acme.refused(use(acme, app, request_uri), ReasonCode.APP_REQUEST_INVALID)


def test_par_attempt_to_use_request_uri_for_different_client(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    other = OAuth2App.registered(acme.world, "wallboard", secret_hash=HASH)

    acme.refused(use(acme, other, pushed(app)), ReasonCode.APP_REQUEST_INVALID)


@pytest.mark.parametrize(
    "request_uri", ["urn:ietf:params:oauth:request_uri:forged", "urn:ietf:params:oauth:request_uri:"]
)
def test_par_a_request_uri_that_was_never_given(acme: Acme, app: OAuth2App, request_uri: str) -> None:
    acme.refused(use(acme, app, request_uri), ReasonCode.APP_REQUEST_INVALID)


def test_par_authorization_request_containing_request_uri_form_param(app: OAuth2App) -> None:
    refused(push(app, request_uri=pushed(app)), "invalid_request")
    refused(push(app, request_uri="https://desk.example/request"), "invalid_request")


def test_par_authorization_request_containing_request_object(app: OAuth2App) -> None:
    refused(push(app, request="e30.e30."), "request_not_supported")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_par_attempt_invalid_http_method(app: OAuth2App, method: str) -> None:
    answer = app.world.client().open("/oauth2/par", method=method, query_string=app.parameters())

    assert answer.status_code == 405


@pytest.mark.parametrize("secret", [None, "", "wrong"])
def test_par_ensure_client_authentication(app: OAuth2App, secret: str | None) -> None:
    refused(push(app, client_secret=secret) if secret is not None else _without_secret(app), "invalid_client")


def _without_secret(app: OAuth2App) -> TestResponse:
    return app.world.client().post("/oauth2/par", data=app.parameters())


def test_par_plain_pkce_rejected(app: OAuth2App) -> None:
    refused(push(app, code_challenge_method="plain"), "invalid_request")
    refused(push(app, code_challenge_method=None), "invalid_request")


def test_par_ensure_pkce_required(app: OAuth2App) -> None:
    refused(push(app, code_challenge=None, code_challenge_method=None), "invalid_request")


@pytest.mark.parametrize("response_type", ["token", "code id_token", "id_token", "code token", "none"])
def test_ensure_response_type_token_and_code_idtoken_fail(acme: Acme, app: OAuth2App, response_type: str) -> None:
    refused(push(app, response_type=response_type), "unsupported_response_type")
    assert answered(app.ask(acme.browser, response_type=response_type))["error"] == "unsupported_response_type"


def test_par_redirect_uri_that_is_not_registered(app: OAuth2App) -> None:
    refused(push(app, redirect_uri="https://evil.example/"), "invalid_request")


def test_user_rejects_authentication(acme: Acme, app: OAuth2App) -> None:
    app.save(trusted=False)
    acme.sign_in()
    consent = acme.browser.get(location(use(acme, app, pushed(app))))

    assert answered(decide(acme.browser, consent, "deny"))["error"] == "access_denied"


def test_ensure_authorization_request_without_state_and_nonce_succeeds(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    assert set(answered(app.ask(acme.browser, state=None, nonce=None))) == {"code", "iss"}
