"""A tenant's configured link to one issuer or OAuth 2.0 server. What differs between providers is data here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Literal, NewType

from app.domain.tenants.step_up import StepUp
from app.domain.tenants.tenant import Status, TenantId

ConnectionId = NewType("ConnectionId", str)
Sealed = NewType("Sealed", str)
"""A secret under our own key. Opened only where it is used."""
SECRETS = ("client_secret", "next_client_secret", "private_key", "certificate")
"""What of a connection is sealed."""
SEALED_FOR = "connection-secret"
"""The purpose under which it is."""

SIGNING_ALGS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
    "HS256", "HS384", "HS512",
)  # fmt: skip
"""What an id_token may be signed with. A connection accepts RS256 unless it names others. Never `none`."""

USUAL_ENCRYPTION_ALGS = ("RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
ENCRYPTION_ALGS = (*USUAL_ENCRYPTION_ALGS, "RSA-OAEP")
"""How the key of an encrypted token may be wrapped (RFC 7518, section 4). RSA-OAEP uses SHA-1 and is accepted only if
a connection names it. Never RSA1_5."""

OWN_PARAMETERS = frozenset(
    {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method", "response_mode", "request", "request_uri", "dpop_jkt", "client_secret",
    }
)  # fmt: skip
"""Authorization parameters that a connection may not set: the bridge sets them itself (RFC 6749, 7636 and 9449; OpenID
Connect), or nobody does. `request` and `request_uri` (RFC 9101) would replace the rest; URLs must carry no secret."""


class Protocol(StrEnum):
    """OIDC gives an id_token; plain OAuth 2.0 only a userinfo answer."""

    OIDC = "oidc"
    OAUTH2 = "oauth2"


class ClientAuth(StrEnum):
    """How the bridge authenticates at the token endpoint (OpenID Connect Core, section 9; RFC 8705, section 2)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    SECRET_JWT = "client_secret_jwt"
    PRIVATE_KEY_JWT = "private_key_jwt"
    TLS = "tls_client_auth"
    SELF_SIGNED_TLS = "self_signed_tls_client_auth"
    NONE = "none"


SECRET_AUTH = (ClientAuth.BASIC, ClientAuth.POST, ClientAuth.SECRET_JWT)
"""Authentication by the client secret."""

TLS_AUTH = (ClientAuth.TLS, ClientAuth.SELF_SIGNED_TLS)
"""Authentication by the certificate of the TLS handshake."""


class MatchBy(StrEnum):
    """Which field of a local account the provider's value is compared with."""

    EMAIL = "email"
    USERNAME = "username"
    EXTERNAL_ID = "external_id"


ResponseMode = Literal["query", "form_post"]
ClientAuthEncoding = Literal["form", "raw"]
EmailTrust = Literal["verified", "always"]
Par = Literal["auto", "required", "off"]
AssertionAudience = Literal["token_endpoint", "issuer"]
AssertionAlg = Literal["RS256", "ES256"]
Profile = Literal["ipsie"]


@dataclass(frozen=True)  # without slots, so that `as_json` is kept
class Provider:
    """All provider settings but the secrets, named like the keys of an `apply` file (docs/reference.md)."""

    protocol: Protocol = Protocol.OIDC
    issuer: str | None = None
    client_id: str = ""
    """Empty until the customer has sent it: the connection exists, but logins are refused."""
    client_auth: ClientAuth = ClientAuth.BASIC
    client_auth_encoding: ClientAuthEncoding = "form"
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    response_mode: ResponseMode = "query"
    pkce: bool = True
    discovery_url: str | None = None
    authorize_params: Mapping[str, str] = field(default_factory=dict)
    required_claims: Mapping[str, object] = field(default_factory=dict)
    email_verified_claim: str = "email_verified"
    emails_endpoint: str | None = None
    signing_algs: tuple[str, ...] = ("RS256",)
    email_claim: str = "email"
    subject_claim: str = "sub"
    email_trust: EmailTrust = "verified"
    match_by: MatchBy = MatchBy.EMAIL
    match_claim: str | None = None
    trusted_audiences: tuple[str, ...] = ()
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    userinfo_endpoint: str | None = None
    jwks_uri: str | None = None
    jwks: str | None = None
    end_session_endpoint: str | None = None
    provider_logout: bool = True
    """Whether signing out here also ends the provider's session; false suits a computer that people share."""
    preset: str | None = None
    prompt: str | None = None
    max_age: int | None = None
    """Seconds."""
    acr_values: tuple[str, ...] = ()
    prompt_values_supported: tuple[str, ...] = ()
    """For providers whose metadata does not list them. With `select_account`, people can choose an account there."""
    par: Par = "auto"
    """Pushed authorization requests (RFC 9126): if the provider's metadata requires them, always, or never."""
    par_endpoint: str | None = None
    client_assertion_audience: AssertionAudience = "token_endpoint"
    client_assertion_alg: AssertionAlg = "RS256"
    """For private_key_jwt with a key that the bridge generates; a connection's own key decides for itself."""
    encryption_algs: tuple[str, ...] = USUAL_ENCRYPTION_ALGS
    """What the provider's tokens may be encrypted with; keys are published for these."""
    dpop: bool = False
    """Access tokens are bound to a key of the login attempt (RFC 9449)."""
    profile: Profile | None = None
    """`ipsie`: provider and connection must meet everything in IPSIE SL1 (domain/connections/ipsie)."""

    @property
    def step_up(self) -> StepUp:
        """What every login must show. Of `authorize_params` only `max_age` counts here; the others are not enforced."""
        wished = self.authorize_params.get("max_age", "")
        counts = self.protocol is Protocol.OIDC and wished.isascii() and wished.isdigit()
        wish = int(wished) if counts else None
        return StepUp(
            prompt=tuple((self.prompt or "").split()),
            max_age=wish if self.max_age is None else self.max_age,
            acr_values=self.acr_values,
        )

    @property
    def match_claim_path(self) -> str:
        """The path of the match value in the claims."""
        if self.match_claim:
            return self.match_claim
        defaults = {
            MatchBy.EMAIL: self.email_claim,
            MatchBy.USERNAME: "preferred_username",
            MatchBy.EXTERNAL_ID: self.subject_claim,
        }
        return defaults[self.match_by]

    @cached_property
    def as_json(self) -> str:
        """What counts of it for a connection's fingerprint."""
        settings = {name: getattr(self, name) for name in _SETTINGS}  # `asdict` would copy each value deeply
        for name in _LATER:
            if settings[name] == getattr(_USUAL, name):
                del settings[name]
        return json.dumps(settings, sort_keys=True)


_USUAL = Provider()
_SETTINGS = tuple(one.name for one in fields(Provider))
_LATER = ("prompt_values_supported", "encryption_algs", "dpop", "profile")
"""Settings that came later: while one has its default value, an earlier connection test stays valid."""


@dataclass(frozen=True, slots=True)
class Connection:
    """`tested_fingerprint` is the fingerprint of the settings that last passed a test or login."""

    id: ConnectionId
    tenant_id: TenantId
    name: str
    provider: Provider
    client_secret: Sealed | None = None
    next_client_secret: Sealed | None = None
    """Used where the provider refuses the present one, and takes its place then."""
    client_secret_expires: str | None = None
    """The day, as `2027-01-31`, after which the provider no longer accepts the present client secret."""
    private_key: Sealed | None = None
    certificate: Sealed | None = None
    """PEM: the bridge's own certificate first, then its chain (RFC 8705)."""
    certificate_expires_at: float | None = None
    """Of the first one; None also if an earlier version stored it."""
    status: Status = Status.ACTIVE
    tested_at: float | None = None
    tested_fingerprint: str | None = None
    backchannel_at: float | None = None
    """The day its provider last proved that its back-channel logouts reach us."""
    is_draft: bool = False
    """These are the settings of a draft. They serve tests, never a login (docs/rules.md, rule 23)."""

    @property
    def fingerprint(self) -> str:
        """Changes with every setting that can decide whether a login works."""
        secrets = json.dumps([self.client_secret, self.private_key, self.certificate])
        return hashlib.sha256(f"[{self.provider.as_json}, {secrets[1:]}".encode()).hexdigest()

    @property
    def with_next_secret(self) -> "Connection | None":
        """The next client secret in the place of the present one; None if there is none.

        A test stays valid: this is done where the provider has just accepted it.
        """
        if self.next_client_secret is None or self.provider.client_auth not in SECRET_AUTH:
            return None
        after = replace(
            self, client_secret=self.next_client_secret, next_client_secret=None, client_secret_expires=None
        )
        return replace(after, tested_fingerprint=after.fingerprint) if self.tested else after

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """What the fingerprint may become during a login without a change of settings."""
        after = self.with_next_secret
        return (self.fingerprint, after.fingerprint) if after else (self.fingerprint,)

    def goes_on(self, checked: "Connection") -> bool:
        """Whether a login that was checked with the settings of `checked` may end with these."""
        mine, theirs = ((one.provider, one.client_secret, one.private_key, one.certificate) for one in (self, checked))
        return mine == theirs or self.fingerprint in checked.fingerprints

    @property
    def version(self) -> str:
        """Changes with everything that someone can set."""
        beside = [self.fingerprint, self.status, self.next_client_secret, self.client_secret_expires]
        return hashlib.sha256(json.dumps(beside).encode()).hexdigest()

    @property
    def tested(self) -> bool:
        """Someone has signed in or run a test with exactly the present settings."""
        return self.tested_fingerprint == self.fingerprint

    @property
    def bulkhead_key(self) -> str:
        """What its requests are limited by. A draft that hangs or fails must not hold up the logins beside it."""
        return f"draft of {self.id}" if self.is_draft else self.id

    @property
    def identity_issuer(self) -> str:
        """The issuer under which this provider's subjects are stored.

        For a plain OAuth 2.0 server it is the userinfo endpoint: another endpoint has other subjects, even if they look
        the same.
        """
        if self.provider.protocol is Protocol.OAUTH2 and self.provider.userinfo_endpoint:
            return self.provider.userinfo_endpoint
        return self.provider.issuer or ""
