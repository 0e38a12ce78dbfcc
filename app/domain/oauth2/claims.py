"""The claims of every token that the bridge signs as an OpenID provider. Times in whole Unix seconds."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.email_address import parse_email
from app.domain.oauth2.authorization import ACCESS_TOKEN_S, Authorization, AuthorizationId, Authorized
from app.domain.oauth2.scopes import EMAIL, PROFILE, ROLES
from app.domain.sessions.session import SessionSummary
from app.domain.tenants.tenant import Tenant

Claims = dict[str, Any]

ACCESS_TOKEN = "at+jwt"
ID_TOKEN = "JWT"
LOGOUT_TOKEN = "logout+jwt"
IDENTITY = "identity+jwt"
"""Types (`typ`): each kind of token has its own, so that none can be used as another (RFC 8725, section 3.11)."""

ID_TOKEN_S = ACCESS_TOKEN_S
LOGOUT_TOKEN_S = 120
IDENTITY_S = 60

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """One that was issued. `jti` is its id; it names the authorization, if a person stands behind it."""

    value: str
    jti: str
    expires_at: float
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessTokenClaims:
    """Of an access token of ours that has not expired. Whether what it stands for still lives is another question."""

    jti: str
    client_id: str
    subject: str
    scopes: tuple[str, ...]
    issued_at: int
    expires_at: int
    authorization_id: AuthorizationId | None
    """None: the client's own (client credentials)."""
    kid: str
    """The key that signed it."""
    claims: Mapping[str, Any]
    """All of them."""


@dataclass(frozen=True, slots=True)
class IdTokenClaims:
    """Of an id_token of ours, expired or not."""

    subject: str
    client_id: str
    sid: str


def person(account: Account, tenant: Tenant, scopes: Sequence[str]) -> Claims:
    """What the scopes tell about a person (OpenID Connect Core, section 5.4), in an id_token and at userinfo."""
    claims: Claims = {"sub": account.id, "tenant": tenant.slug}
    if PROFILE in scopes:
        claims |= {"preferred_username": account.username}
        claims |= {"name": account.name} if account.name else {}
    if EMAIL in scopes and account.email:
        claims |= {"email": account.email, "email_verified": email_verified(account.email, tenant)}
    if ROLES in scopes:
        claims["roles"] = [role.value for role in account.roles]
    return claims


def email_verified(email: str, tenant: Tenant) -> bool:
    """Whether the tenant answers for this address: it is within a domain that is known to be the tenant's own.

    A tenant's administrators may enter any address. An app that goes by verified addresses must not take someone of
    one tenant for someone of another because of that.
    """
    if not tenant.own_domains:
        return False
    try:
        return parse_email(email).domain in tenant.own_domains
    except ValueError:
        return False


def id_token(authorized: Authorized, *, issuer: str, now: float, nonce: str | None, access_token: str | None) -> Claims:
    """OpenID Connect Core, section 2. `nonce` comes back as the app sent it."""
    authorization = authorized.authorization
    claims: Claims = {
        "iss": issuer,
        "aud": authorization.client_id,
        "iat": int(now),
        "exp": int(now) + ID_TOKEN_S,
        **person(authorized.account, authorized.tenant, authorization.scopes),
        **_authentication(authorization),
    }
    claims |= {"nonce": nonce} if nonce is not None else {}
    claims |= {"at_hash": half_hash(access_token)} if access_token is not None else {}
    return claims


def access_token(
    *, client_id: str, scopes: Sequence[str], authorized: Authorized | None, issuer: str, jti: str, now: float
) -> Claims:
    """RFC 9068, section 2.2. Without `authorized` its subject is the client itself."""
    claims: Claims = {
        "iss": issuer,
        "aud": issuer,
        "iat": int(now),
        "exp": int(now) + ACCESS_TOKEN_S,
        "jti": jti,
        "client_id": client_id,
        "scope": " ".join(scopes),
    }
    if authorized is None:
        return claims | {"sub": client_id}
    roles = {"roles": [role.value for role in authorized.account.roles]} if ROLES in scopes else {}
    identity = {"sub": authorized.account.id, "tenant": authorized.tenant.slug}
    return claims | identity | roles | _authentication(authorized.authorization)


def logout_token(*, client_id: str, subject: str, sid: str, issuer: str, jti: str, now: float) -> Claims:
    """OpenID Connect Back-Channel Logout 1.0, section 2.4. Never a nonce: it could be taken for an id_token."""
    return {
        "iss": issuer,
        "aud": client_id,
        "iat": int(now),
        "exp": int(now) + LOGOUT_TOKEN_S,
        "jti": jti,
        "events": {LOGOUT_EVENT: {}},
        "sub": subject,
        "sid": sid,
    }


def identity(found: SessionSummary, *, audience: str, issuer: str, now: float) -> Claims:
    """Who makes a request that a proxy has asked about, for the app at the host `audience`."""
    return {
        "iss": issuer,
        "aud": audience,
        "iat": int(now),
        "exp": int(now) + IDENTITY_S,
        "sub": found.account_id,
        "tenant": found.tenant,
        "username": found.username,
        "name": found.name,
        "email": found.email,
        "roles": list(found.roles),
        "method": found.method.value,
        "sid": session_name(found.reference, found.account_id),
    }


def read_access_token(claims: Mapping[str, Any], *, kid: str) -> AccessTokenClaims:
    """From the claims of a token that we have signed as an access token, by the key `kid`."""
    authorization, of_person, _ = claims["jti"].partition(".")
    return AccessTokenClaims(
        jti=claims["jti"],
        client_id=claims["client_id"],
        subject=claims["sub"],
        scopes=tuple(claims["scope"].split()),
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        authorization_id=AuthorizationId(authorization) if of_person else None,
        kid=kid,
        claims=claims,
    )


def session_name(reference: str, account_id: AccountId) -> str:
    """A session as apps know it: the login's, until the person changes to another account.

    Not the reference itself, which a person reads out to support.
    """
    digest = hashlib.sha256(f"{reference}.{account_id}".encode()).digest()
    return urlsafe_b64encode(digest[:18]).decode()


def half_hash(value: str) -> str:
    """`at_hash`: the left half of the SHA-256 (OpenID Connect Core, section 3.1.3.6)."""
    digest = hashlib.sha256(value.encode("ascii")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _authentication(authorization: Authorization) -> Claims:
    """How and when the person authenticated."""
    sid = session_name(authorization.reference, authorization.account_id)
    claims: Claims = {"auth_time": int(authorization.auth_time), "sid": sid}
    claims |= {"amr": list(authorization.amr)} if authorization.amr else {}
    return claims | ({"acr": authorization.acr} if authorization.acr else {})
