"""An authorization request: OpenID Connect Core, section 3.1.2.1; RFC 7636; RFC 9700, section 2.1.

OAuth2Error
└── Answerable  client and redirect URI are valid, so that the app may be told by a redirect
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.login.login_hint import parse_login_hint
from app.domain.oauth2.client import Client, ClientId, GrantType
from app.domain.oauth2.oauth2_error import OAuth2Error, OAuth2ErrorCode
from app.domain.oauth2.redirect_uris import is_registered
from app.domain.oauth2.scopes import parse_scopes, require_held
from app.domain.tenants.step_up import NOTHING_MORE, StepUp, parse_step_up
from app.domain.tenants.tenant import SLUG

Parameters = Mapping[str, Sequence[str]]
"""Everything that came under each name: in a valid request, one value."""

MOST_STATE = 1024
"""Characters; the request travels in a cookie."""
MOST_NONCE = 255
MOST_HINT = 4096
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in unpadded base64url (RFC 7636, section 4.2)."""
_VISIBLE = re.compile(r"[ -~]+")
_LANGUAGES = re.compile(r"[A-Za-z0-9-]{1,35}( [A-Za-z0-9-]{1,35}){0,9}")


class ResponseMode(StrEnum):
    """How the response reaches the app: `fragment` would put the code where scripts and logs of others find it."""

    QUERY = "query"
    FORM_POST = "form_post"


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where the response goes, for a valid client and one of its redirect URIs."""

    redirect_uri: str
    state: str | None = None
    response_mode: ResponseMode = ResponseMode.QUERY


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A valid one. `id_token_hint` is not verified yet."""

    client_id: ClientId
    reply_to: ReplyTo
    scopes: tuple[str, ...]
    code_challenge: str
    """By S256."""
    nonce: str | None = None
    asked: StepUp = NOTHING_MORE
    """`prompt`, `max_age` and `acr_values`."""
    id_token_hint: str | None = None
    login_hint: str | None = None
    ui_locales: str | None = None
    tenant: str | None = None
    """The slug of the workspace that the person is to sign in to; an extension of ours."""


class Answerable(OAuth2Error):
    """An error for the app, with where to send it."""

    def __init__(self, reply_to: ReplyTo, code: OAuth2ErrorCode, description: str) -> None:
        super().__init__(code, description)
        self.reply_to = reply_to


def parameter(parameters: Parameters, name: str) -> str | None:
    """Its value; an empty one counts as absent. Raises OAuth2Error if it is repeated (RFC 6749, section 3.1)."""
    values = parameters.get(name, ())
    if len(values) > 1:
        raise OAuth2Error("invalid_request", f"{name} must not be repeated")
    return values[0] or None if values else None


def parse_authorization_request(parameters: Parameters, client: Client) -> AuthorizationRequest:
    """Raises OAuth2Error while it is not known where an answer may go, from then on Answerable.

    Unknown parameters are ignored, and so are `display`, `claims` and `claims_locales`, which a provider may ignore.
    """
    redirect_uri = parameter(parameters, "redirect_uri")
    if redirect_uri is None or not is_registered(redirect_uri, client.redirect_uris):
        raise OAuth2Error("invalid_request", "redirect_uri is missing, or not one of those registered for this client")
    reply_to = _reply_to(parameters, redirect_uri)
    try:
        return _parsed(parameters, client, reply_to)
    except OAuth2Error as error:
        raise Answerable(reply_to, error.code, error.description) from error


def _reply_to(parameters: Parameters, redirect_uri: str) -> ReplyTo:
    """As far as it is valid: an error is sent back in the requested mode, with the state that came."""
    states, modes = parameters.get("state", ()), parameters.get("response_mode", ())
    state = states[0] if len(states) == 1 and _line(states[0], most=MOST_STATE) else None
    form_post = list(modes) == [ResponseMode.FORM_POST.value]
    return ReplyTo(redirect_uri, state, ResponseMode.FORM_POST if form_post else ResponseMode.QUERY)


def _parsed(parameters: Parameters, client: Client, reply_to: ReplyTo) -> AuthorizationRequest:
    """The order is that in which the errors are reported."""
    values = {name: parameter(parameters, name) for name in parameters}
    get = values.get
    if GrantType.AUTHORIZATION_CODE not in client.grants:
        raise OAuth2Error("unauthorized_client", "this client may not use the grant type authorization_code")
    _require_no_request_object(values)
    _require_code(get("response_type"), get("response_mode"))
    scopes = parse_scopes(get("scope"))
    if not scopes:
        raise OAuth2Error("invalid_scope", "scope is missing")
    require_held(scopes, client)
    for name, most in (("state", MOST_STATE), ("nonce", MOST_NONCE), ("id_token_hint", MOST_HINT)):
        _require_line(name, get(name), most=most)
    return AuthorizationRequest(
        client_id=client.client_id,
        reply_to=reply_to,
        scopes=scopes,
        code_challenge=_challenge(get("code_challenge"), get("code_challenge_method")),
        nonce=get("nonce"),
        asked=_asked(get("prompt"), get("max_age"), get("acr_values")),
        id_token_hint=get("id_token_hint"),
        login_hint=parse_login_hint(get("login_hint")),
        ui_locales=_languages(get("ui_locales")),
        tenant=_slug(get("tenant")),
    )


def _require_no_request_object(values: Mapping[str, str | None]) -> None:
    """RFC 9101 is not offered; a pushed request (RFC 9126) has been replaced by its contents before."""
    if values.get("request") is not None:
        raise OAuth2Error("request_not_supported", "request objects are not supported: use pushed requests (RFC 9126)")
    if values.get("request_uri") is not None:
        raise OAuth2Error("request_uri_not_supported", "request_uri is supported for pushed requests only (RFC 9126)")


def _require_code(response_type: str | None, response_mode: str | None) -> None:
    if response_type is None:
        raise OAuth2Error("invalid_request", "response_type is missing: it must be code")
    if response_type != "code":
        raise OAuth2Error("unsupported_response_type", "response_type must be code")
    if response_mode is not None and response_mode not in tuple(ResponseMode):
        raise OAuth2Error("invalid_request", "response_mode must be query or form_post")


def _challenge(challenge: str | None, method: str | None) -> str:
    """RFC 7636, for every client. Without a method it would mean `plain`, which protects nothing here."""
    if challenge is None:
        raise OAuth2Error("invalid_request", "code_challenge is missing: PKCE is required (RFC 7636)")
    if method != "S256":
        raise OAuth2Error("invalid_request", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise OAuth2Error("invalid_request", "code_challenge must be a SHA-256 in base64url, 43 characters")
    return challenge


def _asked(prompt: str | None, max_age: str | None, acr_values: str | None) -> StepUp:
    try:
        return parse_step_up(prompt=prompt, max_age=max_age, acr_values=acr_values)
    except ValueError as error:
        raise OAuth2Error("invalid_request", str(error)) from error


def _languages(raw: str | None) -> str | None:
    """BCP 47 tags, best first. What is none is ignored (OpenID Connect Core, section 3.1.2.1)."""
    return raw if raw and _LANGUAGES.fullmatch(raw) else None


def _slug(raw: str | None) -> str | None:
    if raw is not None and not SLUG.fullmatch(raw):
        raise OAuth2Error("invalid_request", "tenant must be the name of a workspace, as in its address")
    return raw


def _require_line(name: str, value: str | None, *, most: int) -> None:
    if value is not None and not _line(value, most=most):
        raise OAuth2Error("invalid_request", f"{name} must be at most {most} characters of printable ASCII")


def _line(value: str, *, most: int) -> bool:
    return len(value) <= most and _VISIBLE.fullmatch(value) is not None
