"""The authorization request through the browser, and its response (RFC 6749, section 4.1)."""

from collections.abc import Callable, Collection, Sequence
from urllib.parse import urlencode

from app.adapters.provider.authlib_functions import s256_challenge
from app.adapters.provider.dpop import proof_key
from app.adapters.provider.wording import clean
from app.domain.connections.connection import OWN_PARAMETERS, Protocol, Provider
from app.domain.errors import Detail, SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.step_up import SELECT_ACCOUNT, StepUp
from app.ports.provider_client import AuthorizationOptions, AuthorizationResponse

# RFC 6749, section 4.1.2.1; OpenID Connect Core, section 3.1.2.6.
_ERRORS = {
    "access_denied": ReasonCode.ACCESS_DENIED,
    "login_required": ReasonCode.LOGIN_REQUIRED,
    "interaction_required": ReasonCode.LOGIN_REQUIRED,
    "consent_required": ReasonCode.LOGIN_REQUIRED,
    "account_selection_required": ReasonCode.LOGIN_REQUIRED,
    "invalid_scope": ReasonCode.SCOPE_REFUSED,
    "unauthorized_client": ReasonCode.CLIENT_REFUSED,
}


def request_parameters(
    provider: Provider,
    attempt: LoginAttempt,
    *,
    redirect_uri: str,
    options: AuthorizationOptions,
    prompts: Collection[str],
    locales: Collection[str] = (),
) -> tuple[tuple[str, str], ...]:
    """The request's parameters (RFC 6749, section 4.1.1; OpenID Connect Core, section 3.1.2.1).

    `prompts` and `locales` are those that the provider is known to support.
    """
    scopes = _scopes(provider)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": attempt.state,
        **{name: value for name, value in provider.authorize_params.items() if name not in OWN_PARAMETERS},
        **_of_step_up(attempt.step_up, prompts=(*prompts, *_own_prompts(provider))),
    }
    if options.login_hint:
        asked["login_hint"] = options.login_hint
    if wanted := _languages(options.ui_locales, locales):
        asked["ui_locales"] = wanted
    if "openid" in scopes:  # some servers require it with that scope, even if the id_token is not used
        asked["nonce"] = attempt.nonce
    if provider.pkce:
        asked["code_challenge"] = s256_challenge(attempt.verifier)
        asked["code_challenge_method"] = "S256"
    if provider.dpop:  # the code is bound to the key too (RFC 9449, section 10)
        asked["dpop_jkt"] = proof_key(attempt.proof_secret).thumbprint()
    if provider.response_mode == "form_post":
        asked["response_mode"] = "form_post"
    return tuple((name, value) for name, value in asked.items() if value or name != "scope")


def with_parameters(endpoint: str, parameters: Sequence[tuple[str, str]]) -> str:
    """The URL of the request. The endpoint's own query stays as it is (RFC 6749, section 3.1); it has no fragment."""
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


def _languages(wanted: str, locales: Collection[str]) -> str:
    """Those that the provider has pages in, in any regional form: others are left out, as some refuse unknown ones."""
    known = {locale.lower().partition("-")[0] for locale in locales}
    return " ".join(tag for tag in wanted.split() if tag.lower().partition("-")[0] in known)


def _of_step_up(step_up: StepUp, *, prompts: Collection[str]) -> dict[str, str]:
    prompt = step_up.prompt
    if SELECT_ACCOUNT not in prompts:
        # Keycloak and Dex ignore it and send the same person back; others refuse unknown values. `login` serves the
        # same purpose, but need not show in the answer: only a `login` requested for the attempt itself is required.
        prompt = tuple(dict.fromkeys("login" if word == SELECT_ACCOUNT else word for word in prompt))
    wanted = {
        "prompt": " ".join(prompt),
        "max_age": "" if step_up.max_age is None else str(step_up.max_age),
        "acr_values": " ".join(step_up.acr_values),
    }
    return {name: value for name, value in wanted.items() if value}


def _own_prompts(provider: Provider) -> list[str]:
    """What the connection itself sends at every login stays as it was configured."""
    return [*provider.step_up.prompt, *provider.authorize_params.get("prompt", "").split()]


def _scopes(provider: Provider) -> tuple[str, ...]:
    """Without `openid` an OpenID provider sends no id_token."""
    if provider.protocol is Protocol.OIDC and "openid" not in provider.scopes:
        return ("openid", *provider.scopes)
    return provider.scopes


def code_of(provider: Provider, response: AuthorizationResponse, *, iss_promised: Callable[[], bool]) -> str:
    """The code. `iss_promised`: the provider's metadata says that it always sends `iss`. IPSIE requires it."""
    _check_issuer(provider, response, iss_promised=iss_promised)
    if response.error:
        words: dict[str, Detail] = {"error": clean(response.error)}
        if response.error_description:
            words["error_description"] = clean(
                response.error_description, hide=(response.code or "", response.state or "")
            )
        raise SsoError(_ERRORS.get(response.error, ReasonCode.AUTHORIZATION_ERROR), **words)
    if not response.code:
        raise SsoError(ReasonCode.CODE_MISSING)
    return response.code


def _check_issuer(provider: Provider, response: AuthorizationResponse, *, iss_promised: Callable[[], bool]) -> None:
    """RFC 9207, section 2.4. A connection without an issuer has only its own redirect URI against mix-up attacks."""
    if not provider.issuer or response.iss == provider.issuer:
        return
    if response.iss is not None or provider.profile == "ipsie" or iss_promised():
        received = None if response.iss is None else clean(response.iss)
        raise SsoError(ReasonCode.RESPONSE_ISSUER_MISMATCH, expected=provider.issuer, received=received)
