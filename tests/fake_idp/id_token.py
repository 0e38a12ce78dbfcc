"""What the provider signs: id_tokens and logout tokens."""

import secrets

from tests.fake_idp.jws import Json, half_hash
from tests.fake_idp.realm import Encryptable, Grant, Realm

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_SECONDS = 120


def id_token(realm: Realm, grant: Grant, *, access_token: str, nonce: str | None) -> str:
    """OpenID Connect Core, section 2. Changes come before the key is chosen: a change may rotate the keys."""
    session = grant.session
    seen = session.person.claims_for(grant.scopes) if realm.claims_in != "userinfo" else {}
    now = realm.now()
    claims: Json = {
        **seen,
        **realm.assurance,
        "iss": realm.issuer,
        "sub": session.person.sub,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + realm.id_token_seconds,
        "auth_time": session.auth_time,
        "sid": session.sid,
        "at_hash": half_hash(access_token, realm.keys.current.alg),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    if realm.session_expiry is not None:
        claims["session_expiry"] = realm.session_expiry
    claims = realm.on.apply("id_token", claims)
    header = realm.on.apply("id_token_header", header_of(realm, "JWT"))
    return sealed(realm, "id_token", (realm.on.sign or realm.keys.sign)(header, claims))


def logout_token(realm: Realm, *, header: Json | None = None, **claims: object) -> str:
    """OpenID Connect Back-Channel Logout, section 2.4, for who is signed in and the last client; None removes."""
    session = realm.sessions.get(realm.signed_in or "")
    now = realm.now()
    honest: Json = {
        "iss": realm.issuer,
        "sub": realm.signed_in,
        "aud": realm.last_client_id,
        "iat": now,
        "exp": now + _LOGOUT_SECONDS,
        "jti": secrets.token_urlsafe(12),
        "sid": session.sid if session else None,
        "events": {LOGOUT_EVENT: {}},
    }
    given = {name: value for name, value in {**honest, **claims}.items() if value is not None}
    whole_header = {**header_of(realm, "logout+jwt"), **(header or {})}
    return sealed(realm, "logout_token", (realm.on.sign or realm.keys.sign)(whole_header, given))


def sealed(realm: Realm, what: Encryptable, plain: str) -> str:
    """Encrypted to the client where that was agreed on."""
    encryption = realm.encrypted.get(what)
    return encryption.around(plain) if encryption else plain


def header_of(realm: Realm, typ: str) -> Json:
    current = realm.keys.current
    named = {"kid": current.kid} if current.kid else {}
    return {"alg": current.alg, "typ": typ, **named}
