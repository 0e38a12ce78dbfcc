"""Signs and verifies the bridge's own JWTs with joserfc."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from app.domain.oauth2.signing_alg import SigningAlg
from app.ports.signing_keys import BadToken, MadeSigningKey, UnverifiedHeader
from app.ports.system import Clock

RSA_BITS = 2048
CURVE = "P-256"
LONGEST_TOKEN = 16_384
KEPT_S = 600.0
"""How long a parsed private key stays in the process: parsing RSA takes 30 ms, signing less than one."""
_PUBLIC = 16
"""More keys than are published at any time."""
_HEADERS = 64
"""One for each of them and each type of token."""
_ALGORITHMS = {one: jws.JWSRegistry(algorithms=[one.value]).get_alg(one.value) for one in SigningAlg}

Key = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class _Kept:
    key: Key = field(repr=False)
    until: float


class JoseSignatures:
    """The port `Signatures`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: Mapping[str, _Kept] = {}

    def make_key(self, algorithm: SigningAlg) -> MadeSigningKey:
        key = RSAKey.generate_key(RSA_BITS) if algorithm is SigningAlg.RS256 else ECKey.generate_key(CURVE)
        named = {"kid": key.thumbprint(), "use": "sig", "alg": algorithm.value}
        public = {**key.as_dict(private=False), **named}
        return MadeSigningKey(
            kid=named["kid"],
            public={name: str(value) for name, value in public.items()},
            private=json.dumps({**key.as_dict(private=True), **named}),
        )

    def sign(
        self, claims: Mapping[str, Any], *, kid: str, algorithm: SigningAlg, token_type: str, private: Callable[[], str]
    ) -> str:
        """As RFC 7515, section 7.1, writes it. What joserfc would check with each token is checked once for its key."""
        key = self._private(kid, algorithm, private)
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        content = b".".join((_header(kid, algorithm, token_type), _base64(payload)))
        return b".".join((content, _base64(_ALGORITHMS[algorithm].sign(content, key)))).decode("ascii")

    def header(self, token: str) -> UnverifiedHeader:
        try:
            header = jws.extract_compact(_ascii(token)).headers()
        except (JoseError, ValueError, TypeError) as error:
            raise BadToken from error
        return UnverifiedHeader(
            kid=_text(header.get("kid")), algorithm=_text(header.get("alg")), type=_text(header.get("typ"))
        )

    def verified(self, token: str, *, algorithm: SigningAlg, public: Mapping[str, str]) -> dict[str, Any]:
        key = _public(algorithm, tuple(public.items()))
        try:
            # One algorithm, that of the key: a token's own header never chooses (RFC 8725, section 3.1).
            return jwt.decode(_ascii(token), key, algorithms=[algorithm.value]).claims
        except (JoseError, ValueError, TypeError) as error:
            raise BadToken from error

    def _private(self, kid: str, algorithm: SigningAlg, jwk: Callable[[], str]) -> Key:
        """By its id, which is its thumbprint: another key would have another."""
        now = self._clock.monotonic()
        kept = self._kept.get(kid)
        if kept is None or kept.until <= now:
            kept = _Kept(_parsed(algorithm, jwk()), now + KEPT_S)
            _ALGORITHMS[algorithm].check_key(kept.key)
            # A new mapping, so that threads need no lock: whoever loses the race parses once more.
            self._kept = {**{name: one for name, one in self._kept.items() if one.until > now}, kid: kept}
        return kept.key


@lru_cache(_HEADERS)
def _header(kid: str, algorithm: SigningAlg, token_type: str) -> bytes:
    return _base64(json.dumps({"typ": token_type, "alg": algorithm.value, "kid": kid}, separators=(",", ":")).encode())


def _base64(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")


@lru_cache(_PUBLIC)
def _public(algorithm: SigningAlg, jwk: tuple[tuple[str, str], ...]) -> Key:
    return _parsed(algorithm, json.dumps(dict(jwk)))


def _parsed(algorithm: SigningAlg, jwk: str) -> Key:
    return (RSAKey if algorithm is SigningAlg.RS256 else ECKey).import_key(json.loads(jwk))


def _ascii(token: str) -> bytes:
    """Raises ValueError."""
    if len(token) > LONGEST_TOKEN:
        raise ValueError("too long")
    return token.encode("ascii")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
