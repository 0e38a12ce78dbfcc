"""What a connection with `profile = "ipsie"` must be like: IPSIE SL1 and the common requirements (docs/ipsie.md)."""

from collections.abc import Iterator

from app.domain.connections.connection import ClientAuth, Protocol, Provider
from app.domain.text import Text

ALGS = ("PS256", "ES256", "EdDSA", "Ed25519")
"""Common requirements, section 3.3."""

LEAST_SESSION_S = 300
"""`session_expiry` must be at least this long after `iat` (SL1, section 3.2.1)."""

CLAIMS = ("acr", "amr", "auth_time", "session_expiry")
"""Required in every id_token."""

_DISCOVERED = (
    "discovery_url",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "emails_endpoint",
    "jwks_uri",
    "jwks",
    "end_session_endpoint",
    "par_endpoint",
)


def connection_problems(provider: Provider) -> Iterator[tuple[str, str]]:
    """Pairs of a setting and what is wrong with it; empty for a connection without this profile."""
    if provider.profile != "ipsie":
        return
    if provider.protocol is not Protocol.OIDC:
        yield "protocol", Text("must be oidc for profile ipsie")
    for key in _DISCOVERED:
        if getattr(provider, key) is not None:
            yield key, Text("must be left out for profile ipsie: metadata comes from discovery only")
    for key in ("pkce", "dpop"):
        if not getattr(provider, key):
            yield key, Text("must be true for profile ipsie")
    if any(alg not in ALGS for alg in provider.signing_algs):
        yield "signing_algs", Text("must be a selection of %(value)s for profile ipsie", value=", ".join(ALGS))
    if provider.trusted_audiences:
        yield "trusted_audiences", Text("must be left out for profile ipsie: id_tokens are for this client only")
    yield from _client_auth(provider)


def _client_auth(provider: Provider) -> Iterator[tuple[str, str]]:
    if provider.client_auth is ClientAuth.SECRET_JWT:
        yield "client_auth", Text("must not be client_secret_jwt for profile ipsie: it uses HS256")
    if provider.client_auth is ClientAuth.PRIVATE_KEY_JWT:
        if provider.client_assertion_audience != "issuer":
            yield "client_assertion_audience", Text("must be issuer for profile ipsie")
        if provider.client_assertion_alg != "ES256":
            yield "client_assertion_alg", Text("must be ES256 for profile ipsie")
