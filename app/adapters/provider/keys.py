"""A provider's public keys (RFC 7517). What we cannot use is skipped: one odd key must not lock everybody out."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import base64_to_int

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.document_cache import Asker, DocumentCache, Invalidated
from app.adapters.provider.documents import BadDocument, parse_json
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

PublicKey = RSAKey | ECKey | OKPKey

MOST_KEYS = 100
MOST_TRIED = 16
"""How many keys one signature is tried with: where there is no `kid`, or one `kid` on several keys."""

MOST_DOCUMENTS = 2048
LOGIN_LOOKS_EVERY_S = 1.0
"""Behind each of these looks stands a code that the provider has just exchanged, so it costs little beside that."""

SMALLEST_RSA_BITS = 2048
LARGEST_RSA_BITS = 8192
_LONGEST_VALUE = 1400
_LONGEST_EXPONENT = 8
LONGEST_KID = 128

_PUBLIC_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_CLASSES: dict[str, type[PublicKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One key, parsed."""

    kid: str | None
    key: PublicKey

    def fits(self, alg: str) -> bool:
        try:
            JWSRegistry.algorithms[alg].check_key(self.key)
        except (JoseError, KeyError):
            return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class KeyRing:
    """The usable keys of one document, in its order."""

    keys: tuple[VerificationKey, ...]

    def candidates(self, alg: str, kid: str | None) -> tuple[PublicKey, ...]:
        """The keys that a signature by `alg` under `kid` may have been made with.

        A key without a `kid` may be any; a token without one may be signed by any (RFC 7515, section 4.1.4).
        """
        fitting = [key for key in self.keys if key.fits(alg)]
        if kid is not None:
            fitting = [key for key in fitting if key.kid == kid] or [key for key in fitting if key.kid is None]
        return tuple(key.key for key in fitting[:MOST_TRIED])


class KeySource(Protocol):
    """Where the keys of one connection come from, in one login."""

    def current(self) -> KeyRing: ...
    def newer(self) -> KeyRing | None:
        """One more look at the source, where that may bring something else than `current` did."""

    def helped(self) -> None:
        """What `newer` brought was what was missing."""

    def next_look_s(self) -> int:
        """In how many seconds `newer` may look again; 0 where it may now, or never does."""


@dataclass(slots=True)
class RemoteKeys:
    """Keys under `jwks_uri`, cached across logins."""

    cache: DocumentCache[KeyRing]
    jwks_uri: str
    channel: ProviderChannel
    strangers: bool = False
    """Anybody may send the tokens that are to be verified: such a flood has a smaller budget, and one of its own."""
    _seen: KeyRing | None = None
    _fetched: bool = False

    def current(self) -> KeyRing:
        asker = self._asker
        self._seen = self.cache.get(
            self.jwks_uri, self._fetch, bulkhead_key=asker.bulkhead_key, deadline=asker.deadline
        )
        return self._seen

    def newer(self) -> KeyRing | None:
        # Keys fetched after the token came are as new as they get.
        if self._seen is None or self._fetched:
            return None
        return self.cache.renew(self.jwks_uri, self._fetch, seen=self._seen, asker=self._asker)

    def helped(self) -> None:
        self.cache.helped(self.jwks_uri, self._asker)

    def next_look_s(self) -> int:
        return ceil(self.cache.next_renewal(self.jwks_uri, self._asker))

    @property
    def _asker(self) -> Asker:
        if self.strangers:
            return Asker(f"{self.channel.bulkhead_key} strangers", self.channel.deadline)
        return Asker(self.channel.bulkhead_key, self.channel.deadline, every_s=LOGIN_LOOKS_EVERY_S)

    def _fetch(self) -> KeyRing:
        self._fetched = True
        unavailable = ReasonCode.KEYS_UNAVAILABLE
        ring = parse_keys(self.channel.read(self.jwks_uri, endpoint="keys", refused=unavailable, invalid=unavailable))
        if not ring.keys:
            raise Invalidated(unavailable, endpoint="keys", error="it contains no usable key")
        return ring


@dataclass(frozen=True, slots=True)
class InlineKeys:
    """Keys that the connection names itself."""

    jwks: str

    def current(self) -> KeyRing:
        ring = _inline(self.jwks)
        if not ring.keys:
            raise SsoError(ReasonCode.KEYS_UNAVAILABLE, endpoint="keys", error="it contains no usable key")
        return ring

    def newer(self) -> KeyRing | None:
        return None

    def helped(self) -> None:
        """Nothing ever does."""

    def next_look_s(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _inline(jwks: str) -> KeyRing:
    try:
        return parse_keys(parse_json(jwks.encode()))
    except (BadDocument, UnicodeError):
        return KeyRing(())


def parse_keys(document: object) -> KeyRing:
    """The usable ones among the first 100 keys of a JWK set. Never raises."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return KeyRing(())
    parsed = (_parse_key(entry) for entry in listed[:MOST_KEYS])
    return KeyRing(tuple(key for key in parsed if key is not None))


def _parse_key(entry: object) -> VerificationKey | None:
    if not isinstance(entry, dict) or entry.get("use") not in (None, "sig") or not _may_verify(entry.get("key_ops")):
        return None
    kty, kid = entry.get("kty"), entry.get("kid")
    if not isinstance(kty, str) or kty not in _PUBLIC_MEMBERS or not _plausible(entry, kid):
        return None
    # Only the public half is read: a published private key is none of our business, and costs time to import.
    public: dict[str, str | list[str]] = {"kty": kty}
    for name in _PUBLIC_MEMBERS[kty]:
        value = entry.get(name)
        if not isinstance(value, str) or len(value) > _LONGEST_VALUE:
            return None
        public[name] = value
    alg = entry.get("alg")
    # EdDSA (RFC 8037) and Ed25519 (RFC 9864) are two names of one algorithm.
    if isinstance(alg, str) and kty != "OKP":
        public["alg"] = alg
    try:
        key = _CLASSES[kty].import_key(public)
    except (JoseError, ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm):
        return None
    return VerificationKey(kid=kid, key=key)


def _may_verify(key_ops: object) -> bool:
    return key_ops is None or (isinstance(key_ops, list) and "verify" in key_ops)


def _plausible(entry: dict[str, object], kid: object) -> bool:
    if kid is not None and not (isinstance(kid, str) and len(kid) <= LONGEST_KID):
        return False
    if entry["kty"] == "RSA":
        return _plausible_rsa(entry.get("n"), entry.get("e"))
    return entry["kty"] == "EC" or entry.get("crv") == "Ed25519"


def _plausible_rsa(modulus: object, exponent: object) -> bool:
    """Too small can be forged; too large costs the processor seconds."""
    if not isinstance(modulus, str) or not isinstance(exponent, str):
        return False
    if len(modulus) > _LONGEST_VALUE or len(exponent) > _LONGEST_EXPONENT:
        return False
    try:
        bits = base64_to_int(modulus).bit_length()
    except ValueError:
        return False
    return SMALLEST_RSA_BITS <= bits <= LARGEST_RSA_BITS
