"""What is read from an authorization request, and what is refused."""

from collections.abc import Mapping

import pytest

from app.domain.oauth2.authorization_request import (
    Answerable,
    AuthorizationRequest,
    Parameters,
    ResponseMode,
    parse_authorization_request,
)
from app.domain.oauth2.client import Client, ClientId, GrantType
from app.domain.oauth2.oauth2_error import OAuth2Error

CALLBACK = "https://app.example/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
DESK = Client(ClientId("desk"), "Desk", redirect_uris=(CALLBACK,), scopes=("openid", "email", "offline_access"))
VALID = {
    "client_id": "desk",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid email",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "state": "s",
}


def parsed(*, client: Client = DESK, **changes: str | None) -> AuthorizationRequest:
    return parse_authorization_request(_parameters(VALID | changes), client)


def _parameters(given: Mapping[str, str | None]) -> Parameters:
    return {key: [value] for key, value in given.items() if value is not None}


def refused(*, client: Client = DESK, **changes: str | None) -> Answerable:
    with pytest.raises(Answerable) as caught:
        parsed(client=client, **changes)
    return caught.value


def test_a_request_with_everything() -> None:
    request = parsed(
        nonce="n", prompt="login consent", max_age="60", login_hint="a@b.example", ui_locales="de en", tenant="acme"
    )

    assert request.scopes == ("openid", "email")
    assert request.reply_to.state == "s"
    assert request.asked.prompt == ("login", "consent")
    assert request.asked.max_age == 60
    assert (request.nonce, request.login_hint, request.ui_locales, request.tenant) == (
        "n", "a@b.example", "de en", "acme",
    )  # fmt: skip


@pytest.mark.parametrize("redirect_uri", [None, "", "https://evil.example/", CALLBACK + "/", CALLBACK + "?x=1"])
def test_without_a_registered_redirect_uri_nothing_can_be_answered(redirect_uri: str | None) -> None:
    with pytest.raises(OAuth2Error) as caught:
        parsed(redirect_uri=redirect_uri, response_type="token")

    assert not isinstance(caught.value, Answerable)


def test_a_repeated_redirect_uri_cannot_be_answered() -> None:
    repeated = {key: [value] for key, value in VALID.items()} | {"redirect_uri": [CALLBACK, CALLBACK]}

    with pytest.raises(OAuth2Error) as caught:
        parse_authorization_request(repeated, DESK)

    assert not isinstance(caught.value, Answerable)


@pytest.mark.parametrize("name", [name for name in VALID if name not in ("client_id", "redirect_uri")])
def test_a_repeated_parameter_is_refused(name: str) -> None:
    repeated = {key: [value] for key, value in VALID.items()} | {name: [VALID[name], VALID[name]]}

    with pytest.raises(Answerable) as caught:
        parse_authorization_request(repeated, DESK)

    assert caught.value.code == "invalid_request"
    assert caught.value.reply_to.state == (None if name == "state" else "s")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "query.jwt"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid users:read"}, "invalid_scope"),
        ({"scope": 'openid "'}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"nonce": "n\x00"}, "invalid_request"),
        ({"state": "s" * 1025}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://app.example/request"}, "request_uri_not_supported"),
        ({"tenant": "../acme"}, "invalid_request"),
    ],
)
def test_what_is_wrong_is_said_to_the_app(changes: dict[str, str | None], code: str) -> None:
    with pytest.raises(Answerable) as caught:
        parse_authorization_request(_parameters(VALID | changes), DESK)

    assert caught.value.code == code


def test_a_client_without_the_grant_cannot_begin() -> None:
    machine = Client(ClientId("m"), "M", redirect_uris=(CALLBACK,), grants=(GrantType.CLIENT_CREDENTIALS,))

    assert refused(client=machine, scope="openid").code == "unauthorized_client"


def test_an_error_is_answered_in_the_mode_that_was_asked_for() -> None:
    assert refused(response_mode="form_post", scope="x").reply_to.response_mode is ResponseMode.FORM_POST
    assert refused(response_mode="fragment").reply_to.response_mode is ResponseMode.QUERY


def test_an_invalid_state_is_not_sent_back() -> None:
    assert refused(state="a\r\nLocation: x").reply_to.state is None


def test_unknown_and_ignorable_parameters_are_ignored() -> None:
    claims = '{"id_token": {"name": {"essential": true}}}'

    assert parsed(extra="1", display="popup", claims=claims, claims_locales="se") == parsed()


def test_an_unusable_login_hint_or_language_is_ignored() -> None:
    assert parsed(login_hint="a\nb", ui_locales="<script>") == parsed()
