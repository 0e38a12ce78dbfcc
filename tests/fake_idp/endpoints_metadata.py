"""Discovery and keys."""

from tests.fake_idp.clients import ASSERTION_ALGS
from tests.fake_idp.dpop import ALGS
from tests.fake_idp.endpoints_authorize import RESPONSE_MODES
from tests.fake_idp.jws import Json
from tests.fake_idp.realm import Realm
from tests.fake_idp.recorded import RecordedRequest
from tests.fake_idp.replies import json_reply
from tests.fake_idp.server import Reply

MTLS = "/mtls"
PAR = "pushed_authorization_request_endpoint"


def discovery_paths(realm: Realm) -> frozenset[str]:
    """OpenID Connect Discovery, section 4; RFC 8414, section 3.1 puts the issuer's path behind the name."""
    path = realm.issuer_path.rstrip("/")
    oauth = f"/.well-known/oauth-authorization-server{path}"
    return frozenset({oauth} if realm.kind == "oauth2" else {oauth, f"{path}/.well-known/openid-configuration"})


def discovery(realm: Realm, request: RecordedRequest) -> Reply:
    document = _oauth(realm)
    if realm.kind == "oidc":
        document |= _openid(realm)
    return json_reply(realm.on.apply("discovery", document))


def jwks(realm: Realm, request: RecordedRequest) -> Reply:
    return json_reply(realm.on.apply("jwks", realm.keys.jwks()))


def _oauth(realm: Realm) -> Json:
    """RFC 8414, section 2; RFC 9207, section 3; RFC 9126, section 5; RFC 8705, section 5."""
    document: Json = {
        "issuer": realm.issuer,
        "authorization_endpoint": realm.url("authorize"),
        "token_endpoint": realm.url("token"),
        "scopes_supported": ["openid", "email", "profile", "address", "phone", "offline_access"],
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "client_secret_jwt",
            "private_key_jwt",
            "tls_client_auth",
            "self_signed_tls_client_auth",
            "none",
        ],
        "token_endpoint_auth_signing_alg_values_supported": sorted(frozenset().union(*ASSERTION_ALGS.values())),
    }
    if realm.pkce != "refused":
        document["code_challenge_methods_supported"] = ["S256"]
    if realm.par != "absent":
        document[PAR] = realm.url("par")
        document["require_pushed_authorization_requests"] = realm.par == "required"
    if realm.mtls_aliases:
        names = {"token": "token_endpoint", "userinfo": "userinfo_endpoint", "par": PAR}
        document["mtls_endpoint_aliases"] = {
            theirs: f"{realm.base_url}{MTLS}{realm.paths[ours]}" for ours, theirs in names.items()
        }
    if realm.dpop != "absent":
        document["dpop_signing_alg_values_supported"] = list(ALGS)
    if realm.iss_in_response:
        document["authorization_response_iss_parameter_supported"] = True
    return document


def _openid(realm: Realm) -> Json:
    """OpenID Connect Discovery, section 3; RP-Initiated Logout, section 2.1; Back-Channel Logout, section 2.1."""
    algs = sorted({key.alg for key in realm.keys.published})
    document: Json = {
        "userinfo_endpoint": realm.url("userinfo"),
        "jwks_uri": realm.url("jwks"),
        "end_session_endpoint": realm.url("end_session"),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algs,
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid",
            "email", "email_verified", "name", "preferred_username", "acr", "amr", "session_expiry",
        ],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }  # fmt: skip
    if realm.signed_userinfo:
        document["userinfo_signing_alg_values_supported"] = algs
    return document
