"""The vendor's apps and API credentials (RFC 6749, section 2), and the scopes that its APIs offer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType

from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.tenants.tenant import Status, TenantId

ClientId = NewType("ClientId", str)


class GrantType(StrEnum):
    """Grant types that a client may use."""

    AUTHORIZATION_CODE = "authorization_code"
    REFRESH_TOKEN = "refresh_token"
    CLIENT_CREDENTIALS = "client_credentials"
    DEVICE_CODE = "device_code"


@dataclass(frozen=True, slots=True)
class Scope:
    """`object:action`, or a plain word; `description` is what a person reads on the consent page."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Client:
    """An app, or an API credential: a client with no other grant type than `client_credentials`.

    `secret_hash` is the SHA-256 of a generated secret. A client with neither a secret nor `jwks` is public.
    """

    client_id: ClientId
    name: str
    secret_hash: str | None = None
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[GrantType, ...] = (GrantType.AUTHORIZATION_CODE,)
    scopes: tuple[str, ...] = ("openid",)
    trusted: bool = False
    """First party: people are not asked for their consent."""
    tenant_id: TenantId | None = None
    """Its owner. Only this tenant's people sign in to it."""
    status: Status = Status.ACTIVE
    next_secret_hash: str | None = None
    """A second secret beside the first, so that it can be rotated without a gap."""
    jwks: Mapping[str, Any] | None = None
    """Its public keys (RFC 7517) for `private_key_jwt`."""
    expires_iso: bool = False
    """Token answers carry `expires` (UTC, ISO 8601) beside `expires_in`."""
    backchannel_logout_uri: str | None = None
    post_logout_redirect_uris: tuple[str, ...] = ()
    made_at: float = 0.0
    secret_made_at: float | None = None
    next_secret_made_at: float | None = None
    last_used_at: float | None = None
    """When it last got a token, to within an hour."""
    signing_alg: SigningAlg = SigningAlg.RS256
    """Of the tokens that it gets. What a client that says nothing expects (OpenID Connect Registration, section 2)."""

    @property
    def public(self) -> bool:
        return self.secret_hash is None and self.next_secret_hash is None and self.jwks is None

    @property
    def revoked(self) -> bool:
        """A credential without anything to authenticate with, for good."""
        return self.public and GrantType.CLIENT_CREDENTIALS in self.grants

    @property
    def version(self) -> str:
        """The version of what a form shows: it changes with any of it, and with each secret."""
        shown = [
            *(self.name, self.redirect_uris, self.grants, self.scopes, self.trusted, self.tenant_id, self.status),
            *(self.expires_iso, self.signing_alg, self.backchannel_logout_uri, self.post_logout_redirect_uris),
            *(self.secret_hash, self.next_secret_hash),
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]
