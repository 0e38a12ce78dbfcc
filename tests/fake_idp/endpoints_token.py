"""The token endpoint: codes and refresh tokens become tokens, once, for who may have them."""

import hashlib
import re
import secrets
from dataclasses import replace

from tests.fake_idp import jws
from tests.fake_idp.clients import (
    TLS_METHODS,
    Client,
    check_assertion,
    check_certificate,
    credentials,
    refuse_client,
)
from tests.fake_idp.dpop import thumbprint
from tests.fake_idp.id_token import id_token
from tests.fake_idp.realm import AccessToken, Grant, Realm
from tests.fake_idp.recorded import RecordedRequest, repeated
from tests.fake_idp.replies import Refused, json_reply
from tests.fake_idp.server import Reply

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def token(realm: Realm, request: RecordedRequest) -> Reply:
    """RFC 6749, sections 4.1.3, 5 and 6."""
    if not request.is_form:
        raise Refused("invalid_request", "the body must be application/x-www-form-urlencoded")
    if twice := repeated(request.form_pairs):
        raise Refused("invalid_request", f"{twice[0]} comes more than once")
    client = authenticated(realm, request)
    form = request.form
    grant_type = form.get("grant_type")
    jkt = _bound_to(realm, request)
    if grant_type == "authorization_code":
        grant, nonce = _redeemed(realm, client, form)
        if realm.dpop != "absent" and grant.dpop_jkt not in (None, jkt):
            raise Refused("invalid_grant", "the code is bound to another key")
    elif grant_type == "refresh_token":
        # OpenID Connect Core, section 12.2: a refreshed id_token should not carry the nonce.
        grant, nonce = _refreshed(realm, client, form), None
    elif grant_type is None:
        raise Refused("invalid_request", "grant_type is missing")
    else:
        raise Refused("unsupported_grant_type")
    tokens = realm.on.apply(
        "token_response", _tokens(realm, grant, nonce=nonce, certificate=request.certificate, jkt=jkt)
    )
    written = realm.on.apply("token_form", tokens)
    return written if isinstance(written, Reply) else json_reply(tokens)


def authenticated(realm: Realm, request: RecordedRequest) -> Client:
    """The client that proved itself, in the way it is registered for."""
    given = credentials(request, realm.basic_encoding)
    client = realm.known_client(given.client_id)
    if client is None:
        raise refuse_client(request, "unknown client")
    if client.anything_goes:
        return client
    if given.method == "none" and client.auth_method in TLS_METHODS:
        check_certificate(client, request.certificate)
        return client
    if given.method == "private_key_jwt" and client.public_key is None:
        given = replace(given, method="client_secret_jwt")  # the same parameters; the key tells
    if given.method not in client.methods():
        raise refuse_client(request, f"{given.method} is not how this client authenticates")
    if given.method in ("private_key_jwt", "client_secret_jwt"):
        audiences = frozenset({realm.issuer, realm.url("token"), realm.url("par")})
        check_assertion(client, given.proof, audiences=audiences, now=realm.now(), seen=realm.seen_jtis)
    elif given.method != "none" and given.proof != client.client_secret:
        raise refuse_client(request, "wrong client secret")
    return client


def _bound_to(realm: Realm, request: RecordedRequest) -> str | None:
    """The key that the tokens are to be bound to."""
    if realm.dpop == "absent" or ("dpop" not in request.headers and realm.dpop == "offered"):
        return None
    if "dpop" not in request.headers:
        raise Refused("invalid_dpop_proof", "DPoP proof is missing")
    return thumbprint(realm, request, "token")


def _redeemed(realm: Realm, client: Client, form: dict[str, str]) -> tuple[Grant, str | None]:
    """The grant behind a code, with its nonce. RFC 6749, section 4.1.3; RFC 7636, section 4.6."""
    if "code" not in form:
        raise Refused("invalid_request", "code is missing")
    grant = realm.take_code(form["code"])
    if grant is None or grant.expires_at <= realm.now():
        raise Refused("invalid_grant", "the code is unknown, used or expired")
    if grant.client_id != client.client_id:
        raise Refused("invalid_grant", "the code belongs to another client")
    if form.get("redirect_uri") != grant.redirect_uri:
        raise Refused("invalid_grant", "redirect_uri differs from the authorization request")
    verifier = form.get("code_verifier")
    # A verifier without a challenge is a downgrade (RFC 9700, section 4.8.2).
    if (verifier is None) != (grant.challenge is None):
        raise Refused("invalid_grant", "code_verifier and code_challenge belong together")
    if verifier is not None and not _answers(verifier, grant.challenge):
        raise Refused("invalid_grant", "code_verifier does not match")
    return grant, grant.nonce


def _answers(verifier: str, challenge: str | None) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    return jws.base64url(hashlib.sha256(verifier.encode()).digest()) == challenge


def _refreshed(realm: Realm, client: Client, form: dict[str, str]) -> Grant:
    """The grant behind a refresh token, which is gone with this."""
    if "refresh_token" not in form:
        raise Refused("invalid_request", "refresh_token is missing")
    grant = realm.refresh_tokens.get(form["refresh_token"])
    if grant is None or grant.client_id != client.client_id:
        raise Refused("invalid_grant", "the refresh token is unknown, used or another client's")
    del realm.refresh_tokens[form["refresh_token"]]
    return grant


def _tokens(
    realm: Realm, grant: Grant, *, nonce: str | None, certificate: bytes | None, jkt: str | None
) -> dict[str, object]:
    access_token = secrets.token_urlsafe(24)
    realm.access_tokens[access_token] = AccessToken(
        grant=grant,
        expires_at=realm.now() + realm.access_token_seconds,
        certificate=certificate if realm.bound_tokens else None,
        jkt=jkt,
    )
    body: dict[str, object] = {
        "access_token": access_token,
        "token_type": "DPoP" if jkt else "Bearer",
        "expires_in": realm.access_token_seconds,
        "scope": grant.scope,
    }
    if realm.always_refresh_token or "offline_access" in grant.scopes:
        refresh_token = secrets.token_urlsafe(24)
        realm.refresh_tokens[refresh_token] = grant
        body["refresh_token"] = refresh_token
    if realm.kind == "oidc" and "openid" in grant.scopes:
        body["id_token"] = id_token(realm, grant, access_token=access_token, nonce=nonce)
    return body
