"""Plan `oidcc-basic-certification-test-plan`: its modules that are about the authorization endpoint.

What the plan leaves to a provider, the bridge decides strictly: PKCE by S256 belongs to every request.
"""

import pytest
from werkzeug.test import TestResponse

from app.domain.oauth2.authorization import Authorization
from app.domain.reasons import ReasonCode
from tests.builders import hidden_fields
from tests.oauth2_app import OAuth2App, answered, location, login, through_provider
from tests.threats.acme import ALICE, Acme


def authorization(app: OAuth2App, answer: TestResponse) -> Authorization:
    with app.world.bridge.database.read() as work:
        live = work.authorizations.live(app.code(answer).authorization_id, now=app.world.clock.now())
    assert live is not None
    return live.authorization


def test_oidcc_server(acme: Acme, app: OAuth2App) -> None:
    assert answered(login(app, acme))["code"]


def test_oidcc_response_type_missing(acme: Acme, app: OAuth2App) -> None:
    got = answered(app.ask(acme.browser, response_type=None))

    assert (got["error"], got["state"]) == ("invalid_request", "the state")


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    assert app.code(app.ask(acme.browser, nonce=None)).nonce is None


@pytest.mark.parametrize("scope", ["openid profile", "openid email", "openid profile email"])
def test_oidcc_scope_profile_email_and_all(acme: Acme, app: OAuth2App, scope: str) -> None:
    acme.sign_in()

    assert " ".join(authorization(app, app.ask(acme.browser, scope=scope)).scopes) == scope


@pytest.mark.parametrize("scope", ["openid address", "openid phone"])
def test_oidcc_scope_address_and_phone_are_not_offered(acme: Acme, app: OAuth2App, scope: str) -> None:
    """The metadata do not name them."""
    assert answered(app.ask(acme.browser, scope=scope))["error"] == "invalid_scope"


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap"])
def test_oidcc_display_page_and_popup(acme: Acme, app: OAuth2App, display: str) -> None:
    assert answered(login(app, acme, display=display))["code"]


def test_oidcc_prompt_login(acme: Acme, app: OAuth2App) -> None:
    first = authorization(app, login(app, acme))
    acme.world.clock.forward(5)

    second = authorization(app, through_provider(acme, location(app.ask(acme.browser, prompt="login"))))

    assert second.auth_time > first.auth_time
    assert second.account_id == first.account_id


def test_oidcc_prompt_none_not_logged_in(acme: Acme, app: OAuth2App) -> None:
    assert answered(app.ask(acme.browser, prompt="none"))["error"] == "login_required"


def test_oidcc_prompt_none_logged_in(acme: Acme, app: OAuth2App) -> None:
    first = authorization(app, login(app, acme))

    silent = authorization(app, app.ask(acme.browser, prompt="none"))

    assert (silent.account_id, silent.auth_time) == (first.account_id, first.auth_time)


def test_oidcc_max_age_1(acme: Acme, app: OAuth2App) -> None:
    first = authorization(app, login(app, acme))
    acme.world.clock.forward(5)

    second = authorization(app, through_provider(acme, location(app.ask(acme.browser, max_age="1"))))

    assert second.auth_time > first.auth_time


def test_oidcc_max_age_10000(acme: Acme, app: OAuth2App) -> None:
    first = authorization(app, login(app, acme))

    second = authorization(app, app.ask(acme.browser, max_age="10000"))

    assert second.auth_time == first.auth_time


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(acme: Acme, app: OAuth2App) -> None:
    assert answered(login(app, acme, extra="foobar"))["code"]


def test_oidcc_id_token_hint(acme: Acme, app: OAuth2App) -> None:
    answer = login(app, acme)
    with acme.world.bridge.database.read() as work:
        live = work.authorizations.live(app.code(answer).authorization_id, now=acme.world.clock.now())
    assert live is not None
    hint = acme.world.bridge.oauth2.token_signer.id_token(live)

    assert authorization(app, app.ask(acme.browser, prompt="none", id_token_hint=hint)).account_id == acme.alice.id


def test_oidcc_login_hint(acme: Acme, app: OAuth2App) -> None:
    assert answered(login(app, acme, login_hint=ALICE))["code"]


@pytest.mark.parametrize("changes", [{"ui_locales": "se"}, {"claims_locales": "se"}])
def test_oidcc_ui_locales_and_claims_locales(acme: Acme, app: OAuth2App, changes: dict[str, str | None]) -> None:
    assert answered(login(app, acme, **changes))["code"]


def test_oidcc_ensure_request_with_acr_values_succeeds(acme: Acme, app: OAuth2App) -> None:
    assert answered(login(app, acme, acr_values="urn:mace:incommon:iap:silver"))["code"]


def test_oidcc_claims_essential(acme: Acme, app: OAuth2App) -> None:
    assert answered(login(app, acme, claims='{"userinfo": {"name": {"essential": true}}}'))["code"]


def test_oidcc_ensure_registered_redirect_uri(acme: Acme, app: OAuth2App) -> None:
    acme.refused(app.ask(acme.browser, redirect_uri="https://desk.example/another"), ReasonCode.APP_REQUEST_INVALID)


def test_oidcc_ensure_redirect_uri_in_authorization_request(acme: Acme, app: OAuth2App) -> None:
    acme.refused(app.ask(acme.browser, redirect_uri=None), ReasonCode.APP_REQUEST_INVALID)


def test_oidcc_ensure_post_request_succeeds(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    posted = acme.browser.post("/oauth2/authorize", data=app.parameters())

    assert answered(acme.browser.get(location(posted)))["code"]


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(acme: Acme, app: OAuth2App) -> None:
    got = answered(app.ask(acme.browser, request_uri="https://desk.example/request.jwt"))

    assert got["error"] == "request_uri_not_supported"


@pytest.mark.parametrize("more", [{}, {"redirect_uri": "https://desk.example/callback"}])
def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    acme: Acme, app: OAuth2App, more: dict[str, str | None]
) -> None:
    """And `ensure-request-object-with-redirect-uri`."""
    assert answered(app.ask(acme.browser, request="e30.e30.", **more))["error"] == "request_not_supported"


def test_oidcc_ensure_request_with_valid_pkce_succeeds(acme: Acme, app: OAuth2App) -> None:
    assert app.code(login(app, acme)).code_challenge == app.challenge


def test_oidcc_form_post(acme: Acme, app: OAuth2App) -> None:
    """`oidcc-formpost-basic-certification-test-plan`: code and errors alike."""
    assert set(hidden_fields(login(app, acme, response_mode="form_post"))) == {"code", "state", "iss"}
    wrong = app.ask(acme.browser, response_mode="form_post", response_type=None)
    assert hidden_fields(wrong)["error"] == "invalid_request"
