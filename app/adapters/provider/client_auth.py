"""Client authentication at the token endpoint: OpenID Connect Core, section 9; RFC 8705, section 2."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlencode

from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.util import urlsafe_b64encode

from app.adapters.provider.documents import parse_object
from app.adapters.provider.private_keys import PrivateKeys
from app.domain.connections import ipsie
from app.domain.connections.connection import (
    SEALED_FOR,
    SECRET_AUTH,
    SIGNING_ALGS,
    TLS_AUTH,
    ClientAuth,
    Connection,
    Provider,
    Sealed,
)
from app.domain.connections.connection_key import KeyType
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import KEY_SIGNS_BY
from app.domain.text import Text
from app.ports.connection_keys import ConnectionKeys
from app.ports.outbound import ClientCertificate, OutboundRequest
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock, Randomness

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME_S = 60

_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
_CURVE_ALGS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
SigningKey = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class ClientAuthentication:
    """What authentication adds to a request: headers and form parameters, and which of them are secret."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: str = field(default="", repr=False)
    certificate: ClientCertificate | None = field(default=None, repr=False)
    """For the TLS handshake (RFC 8705)."""

    def post(self, url: str, form: Mapping[str, str]) -> OutboundRequest:
        """The form and this, to an endpoint that clients prove themselves at."""
        return OutboundRequest(
            method="POST",
            url=url,
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
                **self.headers,
            },
            body=urlencode({**form, **self.form}).encode("ascii"),
            certificate=self.certificate,
        )


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Unseals a connection's secrets when they are used."""

    sealer: Sealer
    clock: Clock
    randomness: Randomness
    keys: ConnectionKeys
    signing_keys: PrivateKeys[tuple[SigningKey, dict[str, str]]]

    def prove(self, connection: Connection, *, token_endpoint: str) -> ClientAuthentication:
        """Raises SsoError: `client_refused` if no secret was ever set, `misconfigured` if it cannot be unsealed."""
        provider = connection.provider
        form = {"client_id": provider.client_id}
        match provider.client_auth:
            case ClientAuth.BASIC:
                # Okta rejects a request that identifies the client twice: no `client_id` in the form here.
                secret = self.client_secret(connection)
                return ClientAuthentication(headers={"Authorization": _basic(provider, secret)}, secret=secret)
            case ClientAuth.POST:
                secret = self.client_secret(connection)
                return ClientAuthentication(form={**form, "client_secret": secret}, secret=secret)
            case ClientAuth.PRIVATE_KEY_JWT | ClientAuth.SECRET_JWT:
                by_issuer = provider.client_assertion_audience == "issuer" and provider.issuer
                assertion = self._assertion(connection, audience=by_issuer or token_endpoint)
                form |= {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
                return ClientAuthentication(form=form, secret=assertion)
            case ClientAuth.TLS | ClientAuth.SELF_SIGNED_TLS:
                return ClientAuthentication(form=form, certificate=self.certificate(connection))
            case ClientAuth.NONE:
                return ClientAuthentication(form=form)

    def client_secret(self, connection: Connection) -> str:
        """Raises SsoError like `prove`."""
        return self._open(connection.client_secret, name="client_secret")

    def certificate(self, connection: Connection) -> ClientCertificate:
        """Raises SsoError like `prove`."""
        return ClientCertificate(
            chain=self._open(connection.certificate, name="certificate"),
            key=self._open(connection.private_key, name="private_key"),
        )

    def certificate_expires_at(self, connection: Connection) -> float | None:
        """In Unix seconds; None if the connection has none. Raises SsoError if it is unreadable."""
        if connection.certificate is None:
            return None
        chain = self._open(connection.certificate, name="certificate")
        try:
            return load_pem_x509_certificate(chain.encode()).not_valid_after_utc.timestamp()
        except ValueError:
            problem = Text("not a certificate in PEM")
            raise SsoError(ReasonCode.MISCONFIGURED, field="certificate", error=problem) from None

    def _assertion(self, connection: Connection, *, audience: str) -> str:
        """RFC 7523, section 3."""
        now = int(self.clock.now())
        claims: dict[str, object] = {
            "iss": connection.provider.client_id,
            "sub": connection.provider.client_id,
            "aud": audience,
            "jti": self.randomness.token(),
            "iat": now,
            "exp": now + ASSERTION_LIFETIME_S,
        }
        if connection.provider.client_auth is ClientAuth.SECRET_JWT:
            secret = self.client_secret(connection).encode()
            # Not `import_key`, which warns about short secrets: the provider chooses their length.
            return jwt.encode({"alg": "HS256"}, claims, OctKey(secret, secret), algorithms=["HS256"])
        raw = self._key_of(connection).encode()
        if connection.certificate is not None and not raw.lstrip().startswith(b"{"):
            raw += b"\n" + self._open(connection.certificate, name="certificate").encode()
        try:
            key, header = self.signing_keys.of(connection.id, raw)
            header = _allowed(connection.provider, key, header)
            return jwt.encode({**header}, claims, key, algorithms=[header["alg"]])
        except (JoseError, ValueError, TypeError, KeyError):
            problem = Text("not an RSA or EC private key in PEM, nor as a JWK")
            raise SsoError(ReasonCode.MISCONFIGURED, field="private_key", error=problem) from None

    def _key_of(self, connection: Connection) -> str:
        """The connection's own key if it has one, else one that the bridge has generated and publishes for it."""
        if connection.private_key is not None:
            return self._open(connection.private_key, name="private_key")
        alg = connection.provider.client_assertion_alg
        return self.keys.signing(connection, KeyType.RSA if alg == "RS256" else KeyType.EC).jwk

    def _open(self, sealed: Sealed | None, *, name: str) -> str:
        if sealed is None:
            raise SsoError(ReasonCode.MISCONFIGURED, field=name, error=Text("not set"))
        try:
            return self.sealer.open(sealed, purpose=SEALED_FOR).decode()
        except (SealBroken, UnicodeDecodeError):
            raise SsoError(
                ReasonCode.MISCONFIGURED, field=name, error=Text("cannot be decrypted with the configured keys")
            ) from None


def require_credentials(connection: Connection) -> None:
    """Checks before any redirect that a login has the credentials it needs. Raises SsoError `misconfigured`.

    For private_key_jwt without a configured key, the bridge generates one.
    """
    provider = connection.provider
    by_tls = provider.client_auth in TLS_AUTH
    needed = {
        "client_id": bool(provider.client_id),
        "client_secret": connection.client_secret is not None or provider.client_auth not in SECRET_AUTH,
        "private_key": connection.private_key is not None or not by_tls,
        "certificate": connection.certificate is not None or not by_tls,
    }
    for name, there in needed.items():
        if not there:
            raise SsoError(ReasonCode.MISCONFIGURED, field=name, error=Text("not set"))


def _basic(provider: Provider, secret: str) -> str:
    """RFC 6749, section 2.3.1: both parts are form-encoded first. Servers that do not decode get them unencoded."""
    parts = (provider.client_id, secret)
    if provider.client_auth_encoding == "form":
        parts = (quote_plus(parts[0]), quote_plus(parts[1]))
    return "Basic " + base64.b64encode(":".join(parts).encode()).decode("ascii")


def signing_key(raw: bytes) -> tuple[SigningKey, dict[str, str]]:
    """A private key, and what it adds to an assertion's header. Raises if it is not one."""
    return _from_jwk(raw) if raw.lstrip().startswith(b"{") else _from_pem(raw)


def _from_jwk(raw: bytes) -> tuple[SigningKey, dict[str, str]]:
    jwk = {name: value for name, value in parse_object(raw).items() if isinstance(value, str)}
    kinds: dict[str, type[SigningKey]] = {"RSA": RSAKey, "EC": ECKey}
    key = kinds[jwk["kty"]].import_key({**jwk})
    header = {"alg": jwk.get("alg") or _alg(key)}
    if header["alg"] not in SIGNING_ALGS:
        raise ValueError(Text("a key for another algorithm"))
    return _private(key), {**header, "kid": jwk["kid"]} if "kid" in jwk else header


def _from_pem(raw: bytes) -> tuple[SigningKey, dict[str, str]]:
    """With a certificate beside the key, the header has its thumbprints: Entra finds the key by them."""
    # The first certificate of a chain counts: the others are its issuers.
    blocks = {bytes(block[1]).split()[-1]: block[0] for block in reversed([*_PEM.finditer(raw)])}
    pem = blocks[b"KEY"]
    kinds: tuple[type[SigningKey], ...] = (RSAKey, ECKey)
    for kind in kinds:
        try:
            key = _private(kind.import_key(pem))
        except JoseError:
            continue
        return key, {"alg": _alg(key), **_thumbprints(blocks.get(b"CERTIFICATE"))}
    raise ValueError(Text("a key of another kind"))


def _thumbprints(certificate: bytes | None) -> dict[str, str]:
    """RFC 7515, sections 4.1.7 and 4.1.8."""
    if certificate is None:
        return {}
    parsed = load_pem_x509_certificate(certificate)
    return {
        "x5t": urlsafe_b64encode(parsed.fingerprint(SHA1())).decode("ascii"),  # noqa: S303  # the header is defined with SHA-1
        "x5t#S256": urlsafe_b64encode(parsed.fingerprint(SHA256())).decode("ascii"),
    }


def _allowed(provider: Provider, key: SigningKey, header: dict[str, str]) -> dict[str, str]:
    """The header, with an algorithm that the connection's profile allows. Raises SsoError if the key has none."""
    if provider.profile != "ipsie" or header["alg"] in ipsie.ALGS:
        return header
    if isinstance(key, RSAKey) and key.alg is None:
        return {**header, "alg": "PS256"}
    problem = Text(KEY_SIGNS_BY, alg=header["alg"], allowed=", ".join(ipsie.ALGS))
    raise SsoError(ReasonCode.MISCONFIGURED, field="private_key", error=problem)


def _private(key: SigningKey) -> SigningKey:
    if not key.is_private:
        raise ValueError(Text("a public key"))
    return key


def _alg(key: SigningKey) -> str:
    if isinstance(key, RSAKey):
        return "RS256"
    return _CURVE_ALGS[key.curve_name]
