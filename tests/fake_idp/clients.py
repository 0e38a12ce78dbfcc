"""Clients of the provider, and how they prove at the token endpoint who they are."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_plus

from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate
from joserfc.errors import JoseError
from joserfc.jwk import Key, OctKey

from tests.fake_idp import jws
from tests.fake_idp.recorded import RecordedRequest
from tests.fake_idp.replies import Refused

AuthMethod = Literal[
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
]
TLS_METHODS: tuple[AuthMethod, ...] = ("tls_client_auth", "self_signed_tls_client_auth")
BasicEncoding = Literal["form", "raw"]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_ALGS: dict[str, frozenset[str]] = {
    "RSA": frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
    "EC": frozenset({"ES256", "ES384", "ES512"}),
    "OKP": frozenset({"EdDSA"}),
    "oct": frozenset({"HS256", "HS384", "HS512"}),
}
_LEEWAY_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A registered client. None as list of URIs: any. `auth_method` None: whatever it has credentials for."""

    client_id: str
    client_secret: str | None = None
    public_key: Key | None = None
    certificate: str | None = None
    """PEM."""
    auth_method: AuthMethod | None = None
    redirect_uris: tuple[str, ...] | None = None
    post_logout_redirect_uris: tuple[str, ...] | None = None
    anything_goes: bool = False
    """Nobody registered it: a provider without clients takes any, with any secret or none."""

    def may_return_to(self, uri: str, *, after_logout: bool = False) -> bool:
        """Exactly as registered (RFC 9700, section 2.1)."""
        registered = self.post_logout_redirect_uris if after_logout else self.redirect_uris
        return registered is None or uri in registered

    def methods(self) -> frozenset[AuthMethod]:
        if self.auth_method:
            return frozenset({self.auth_method})
        able: set[AuthMethod] = set()
        if self.client_secret is not None:
            able |= {"client_secret_basic", "client_secret_post", "client_secret_jwt"}
        if self.public_key:
            able.add("private_key_jwt")
        return frozenset(able or {"none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What came with a request to the token endpoint; `proof` is the secret or the assertion."""

    method: AuthMethod
    client_id: str
    proof: str = ""


def credentials(request: RecordedRequest, encoding: BasicEncoding) -> Credentials:
    """The one way in which the client proves itself (RFC 6749, section 2.3; RFC 7521, section 4.2)."""
    form = request.form
    in_body = form.get("client_id", "")
    found = []
    try:
        basic = request.basic
    except ValueError as error:
        raise refuse_client(request, "the Basic credentials are not base64") from error
    if basic:
        # RFC 6749, section 2.3.1: both halves are form-urlencoded, then joined.
        client_id, secret = basic if encoding == "raw" else (unquote_plus(basic[0]), unquote_plus(basic[1]))
        found.append(Credentials(method="client_secret_basic", client_id=client_id, proof=secret))
    if "client_secret" in form:
        found.append(Credentials(method="client_secret_post", client_id=in_body, proof=form["client_secret"]))
    if "client_assertion" in form or "client_assertion_type" in form:
        found.append(_asserted(form))
    if len(found) > 1:
        raise Refused("invalid_request", "more than one way of client authentication")
    if not found and not in_body:
        raise refuse_client(request, "no client authentication")
    one = found[0] if found else Credentials(method="none", client_id=in_body)
    if in_body and in_body != one.client_id:
        raise Refused("invalid_request", "client_id differs from the authenticated client")
    return one


def check_assertion(client: Client, assertion: str, *, audiences: frozenset[str], now: int, seen: set[str]) -> None:
    """RFC 7523, section 3; OpenID Connect Core, section 9. Raises Refused."""
    key = client.public_key
    if client.client_secret is not None and key is None:
        key = OctKey(client.client_secret.encode(), client.client_secret.encode())
    if key is None:
        raise Refused("invalid_client", "no key is registered", status=401)
    try:
        claims = jws.verified(assertion, key=key, algs=ASSERTION_ALGS[key.key_type])
    except (ValueError, JoseError) as error:
        raise Refused("invalid_client", f"client_assertion: {error}", status=401) from error
    if fault := _fault(claims, client_id=client.client_id, audiences=audiences, now=now, seen=seen):
        raise Refused("invalid_client", f"client_assertion: {fault}", status=401)
    seen.add(claims["jti"])


def check_certificate(client: Client, shown: bytes | None) -> None:
    """RFC 8705, section 2: that it was signed by whom it should be, the handshake has checked. Raises Refused."""
    if client.certificate is None or shown is None:
        raise Refused("invalid_client", "no certificate", status=401)
    registered, received = load_pem_x509_certificate(client.certificate.encode()), load_der_x509_certificate(shown)
    same = registered.subject == received.subject
    if client.auth_method == "self_signed_tls_client_auth":
        same = registered == received
    if not same:
        raise Refused("invalid_client", "another certificate", status=401)


def _fault(claims: jws.Json, *, client_id: str, audiences: frozenset[str], now: int, seen: set[str]) -> str | None:
    aud, exp, jti = claims.get("aud"), claims.get("exp"), claims.get("jti")
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "iss and sub must be the client id"
    if not audiences.intersection(aud if isinstance(aud, list) else [aud]):
        return f"aud {aud!r} is not this provider"
    if not isinstance(exp, int | float) or exp <= now - _LEEWAY_S:
        return "exp is missing or over"
    if any(claims.get(name, now) > now + _LEEWAY_S for name in ("iat", "nbf")):
        return "iat or nbf lies ahead"
    if not isinstance(jti, str) or jti in seen:
        return "jti is missing or was used before"
    return None


def refuse_client(request: RecordedRequest, description: str) -> Refused:
    """401, with a challenge where the client tried HTTP authentication (RFC 6749, section 5.2)."""
    challenge = {"WWW-Authenticate": 'Basic realm="token"'} if "authorization" in request.headers else {}
    return Refused("invalid_client", description, status=401, headers=challenge)


def _asserted(form: dict[str, str]) -> Credentials:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise Refused("invalid_client", "client_assertion_type is missing or unknown", status=401)
    assertion = form.get("client_assertion", "")
    try:
        subject = jws.read(assertion)[1].get("sub")
    except ValueError as error:
        raise Refused("invalid_client", "client_assertion is no JWT", status=401) from error
    return Credentials(method="private_key_jwt", client_id=str(subject), proof=assertion)
