"""What the bridge says about itself as a provider (OpenID Connect Discovery, section 3; RFC 8414, section 2)."""

from collections.abc import Sequence

from app.domain.oauth2.scopes import STANDARD_SCOPES
from app.domain.oauth2.signing_alg import SigningAlg

Metadata = dict[str, str | bool | list[str]]

GRANT_TYPES = (
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:device_code",
)
WITH_A_SECRET = ("client_secret_basic", "client_secret_post", "private_key_jwt")
"""How a confidential client authenticates, at every endpoint that asks for it."""

ASSERTION_ALGS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""What a client's assertion may be signed with (RFC 7523). No HMAC: only hashes of secrets are stored."""

CLAIMS = (
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"),
    *("tenant", "email", "email_verified", "name", "preferred_username", "roles"),
)


def metadata(issuer: str, *, languages: Sequence[str]) -> Metadata:
    """One document for both: what either standard does not know, its readers ignore."""
    return {
        "issuer": issuer,
        **_endpoints(issuer),
        # What a vendor's APIs offer beside them is between the vendor and its clients.
        "scopes_supported": sorted(STANDARD_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": list(GRANT_TYPES),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "ui_locales_supported": list(languages),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [alg.value for alg in SigningAlg],
        **_authentication(),
        "claim_types_supported": ["normal"],
        "claims_supported": list(CLAIMS),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,  # left out, it would mean True
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


def _endpoints(issuer: str) -> Metadata:
    return {
        "authorization_endpoint": f"{issuer}/oauth2/authorize",
        "pushed_authorization_request_endpoint": f"{issuer}/oauth2/par",
        "token_endpoint": f"{issuer}/oauth2/token",
        "device_authorization_endpoint": f"{issuer}/oauth2/device_authorization",
        "userinfo_endpoint": f"{issuer}/oauth2/userinfo",
        "introspection_endpoint": f"{issuer}/oauth2/introspect",
        "revocation_endpoint": f"{issuer}/oauth2/revoke",
        "end_session_endpoint": f"{issuer}/oauth2/logout",
        "jwks_uri": f"{issuer}/oauth2/jwks",
    }


def _authentication() -> Metadata:
    """`none` is the method of public clients; the algorithm `none` is offered nowhere."""
    algs, anyone = list(ASSERTION_ALGS), [*WITH_A_SECRET, "none"]
    return {
        "token_endpoint_auth_methods_supported": anyone,
        "token_endpoint_auth_signing_alg_values_supported": algs,
        "revocation_endpoint_auth_methods_supported": anyone,
        "revocation_endpoint_auth_signing_alg_values_supported": algs,
        "introspection_endpoint_auth_methods_supported": list(WITH_A_SECRET),
        "introspection_endpoint_auth_signing_alg_values_supported": algs,
    }
