"""The authorization endpoint: the person signs in at once and comes back with a code."""

import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from tests.fake_idp.clients import Client
from tests.fake_idp.people import ProviderSession
from tests.fake_idp.realm import Grant, Realm
from tests.fake_idp.recorded import RecordedRequest, repeated
from tests.fake_idp.replies import Refused, form_post_page, page, redirect
from tests.fake_idp.server import Reply

RESPONSE_MODES = ("query", "form_post")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def authorize(realm: Realm, request: RecordedRequest) -> Reply:
    """RFC 6749, section 4.1; OpenID Connect Core, section 3.1.2."""
    pairs = request.query_pairs if request.method == "GET" else request.form_pairs
    asked = dict(pairs)
    twice = repeated(pairs)
    try:
        if pushed := _pushed(realm, asked):
            asked, twice = pushed, []
        client, redirect_uri = _destination(realm, asked, twice)
    except Refused as refusal:
        return page(str(refusal), status=400)
    try:
        _check(realm, asked, twice)
        session = _sign_in(realm, asked)
        if session is None:
            return page("Sign in")
        parameters = {"code": _code(realm, asked, client=client, redirect_uri=redirect_uri, session=session)}
    except Refused as refusal:
        parameters = refusal.parameters()
    if "state" in asked:
        parameters["state"] = asked["state"]
    if realm.iss_in_response:
        parameters["iss"] = realm.issuer
    sent = realm.on.apply("authorization_response", parameters)
    return _delivered(redirect_uri, sent, form_post=asked.get("response_mode") == "form_post")


def _pushed(realm: Realm, asked: Mapping[str, str]) -> dict[str, str] | None:
    """What was pushed under the name that came; nothing beside it counts (RFC 9126, section 4). A name serves once."""
    pushed = realm.pushed.pop(asked.get("request_uri", ""), None)
    if pushed is None and realm.par == "required":
        raise Refused("invalid_request", "the request must be pushed")
    if pushed is None:
        return None
    if pushed.client_id != asked.get("client_id") or pushed.expires_at <= realm.now():
        raise Refused("invalid_request", "request_uri is another client's, or expired")
    return dict(pushed.parameters)


def _destination(realm: Realm, asked: Mapping[str, str], twice: list[str]) -> tuple[Client, str]:
    """Client and redirect URI. Until both are known to be right nobody is redirected (section 4.1.2.1)."""
    client = realm.known_client(asked.get("client_id", ""))
    redirect_uri = asked.get("redirect_uri", "")
    if client is None or "client_id" in twice:
        raise Refused("invalid_request", "client_id is unknown")
    target = urlsplit(redirect_uri)
    if "redirect_uri" in twice or not target.scheme or target.fragment or not client.may_return_to(redirect_uri):
        raise Refused("invalid_request", "redirect_uri is not registered")
    return client, redirect_uri


def _check(realm: Realm, asked: Mapping[str, str], twice: list[str]) -> None:
    if twice:
        raise Refused("invalid_request", f"{twice[0]} comes more than once")
    if "request" in asked:
        raise Refused("request_not_supported")
    if "request_uri" in asked:
        raise Refused("request_uri_not_supported")
    if "response_type" not in asked:
        raise Refused("invalid_request", "response_type is missing")
    if asked["response_type"] != "code":
        raise Refused("unsupported_response_type")
    if asked.get("response_mode", "query") not in RESPONSE_MODES:
        raise Refused("invalid_request", "response_mode is unknown")
    prompts = asked.get("prompt", "").split()
    if "none" in prompts and len(prompts) > 1:
        raise Refused("invalid_request", "prompt=none stands alone")
    if not asked.get("max_age", "0").isdecimal():
        raise Refused("invalid_request", "max_age is not a number")
    _check_challenge(realm, asked)
    if realm.on.denial:
        raise realm.on.denial


def _check_challenge(realm: Realm, asked: Mapping[str, str]) -> None:
    """RFC 7636, section 4.4.1."""
    challenge = asked.get("code_challenge")
    if challenge is None:
        if realm.pkce == "required":
            raise Refused("invalid_request", "code challenge required")
        return
    if realm.pkce == "refused":
        raise Refused("invalid_request", "code_challenge is not a parameter")
    if asked.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "transform algorithm not supported")
    if not _CHALLENGE.fullmatch(challenge):
        raise Refused("invalid_request", "code_challenge is malformed")


def _sign_in(realm: Realm, asked: Mapping[str, str]) -> ProviderSession | None:
    """The session of who signs in; None: nobody does. OpenID Connect Core, section 3.1.2.1 (prompt, max_age)."""
    sub = realm.signed_in
    prompts = asked.get("prompt", "").split()
    held = realm.sessions.get(sub) if sub else None
    too_old = held is not None and "max_age" in asked and realm.now() - held.auth_time > int(asked["max_age"])
    if "none" in prompts and (held is None or too_old):
        raise Refused("login_required")
    if sub is None:
        return None
    return realm.session_of(sub, again="login" in prompts or too_old)


def _code(
    realm: Realm, asked: Mapping[str, str], *, client: Client, redirect_uri: str, session: ProviderSession
) -> str:
    code = secrets.token_urlsafe(24)
    realm.codes[code] = Grant(
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        scope=asked.get("scope", ""),
        nonce=asked.get("nonce"),
        challenge=asked.get("code_challenge"),
        session=session,
        expires_at=realm.now() + realm.code_seconds,
        dpop_jkt=asked.get("dpop_jkt"),
    )
    realm.last_client_id = client.client_id
    return code


def _delivered(redirect_uri: str, parameters: Mapping[str, object], *, form_post: bool) -> Reply:
    pairs = [
        (name, str(value))
        for name, values in parameters.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    if form_post:
        return form_post_page(redirect_uri, pairs)
    target = urlsplit(redirect_uri)
    query = "&".join(part for part in (target.query, urlencode(pairs)) if part)
    return redirect(urlunsplit(target._replace(query=query)))
