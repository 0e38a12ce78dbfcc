"""A provider's public keys (RFC 7517). Unusable keys are skipped: one odd key must not lock everyone out."""

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
from app.domain.text import Text

PublicKey = RSAKey | ECKey | OKPKey

MOST_KEYS = 100
MOST_TRIED = 16
"""How many keys a signature is tried with if there is no `kid`, or several keys share one."""

MOST_DOCUMENTS = 2048
LOGIN_LOOKS_EVERY_S = 1.0
"""Behind each of these fetches is a code that the provider has just exchanged, so the extra cost is small."""

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
        """The keys that may have made a signature by `alg` with `kid`.

        A key without a `kid` always qualifies; a token without one may be signed by any key (RFC 7515, section 4.1.4).
        """
        fitting = [key for key in self.keys if key.fits(alg)]
        if kid is not None:
            fitting = [key for key in fitting if key.kid == kid] or [key for key in fitting if key.kid is None]
        return tuple(key.key for key in fitting[:MOST_TRIED])


class KeySource(Protocol):
    """The source of one connection's keys, during one login."""

    def current(self) -> KeyRing: ...
    def newer(self) -> KeyRing | None:
        """Fetch again, if that may bring something other than `current` did."""

    def helped(self) -> None:
        """What `newer` brought contained the missing key."""

    def next_look_s(self) -> int:
        """Seconds until `newer` may fetch again; 0 if it may now, or never fetches."""


@dataclass(slots=True)
class RemoteKeys:
    """Keys under `jwks_uri`, cached across logins."""

    cache: DocumentCache[KeyRing]
    jwks_uri: str
    channel: ProviderChannel
    strangers: bool = False
    """Anyone may send the tokens to be verified: floods get a smaller budget, separate from that of logins."""
    _seen: KeyRing | None = None
    _fetched: bool = False

    def current(self) -> KeyRing:
        asker = self._asker
        self._seen = self.cache.get(
            self.jwks_uri, self._fetch, bulkhead_key=asker.bulkhead_key, deadline=asker.deadline
        )
        return self._seen

    def newer(self) -> KeyRing | None:
        # Keys fetched after the token arrived are as new as possible.
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
            raise Invalidated(unavailable, endpoint="keys", error=Text("it contains no usable key"))
        return ring


@dataclass(frozen=True, slots=True)
class InlineKeys:
    """Keys configured in the connection itself."""

    jwks: str

    def current(self) -> KeyRing:
        ring = _inline(self.jwks)
        if not ring.keys:
            raise SsoError(ReasonCode.KEYS_UNAVAILABLE, endpoint="keys", error=Text("it contains no usable key"))
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
    """The usable keys among the first 100 of a JWK set. Never raises."""
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
    # Only the public half is parsed: a published private key is not our concern, and takes time to import.
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
    """Small keys can be forged; huge ones cost seconds of CPU."""
    if not isinstance(modulus, str) or not isinstance(exponent, str):
        return False
    if len(modulus) > _LONGEST_VALUE or len(exponent) > _LONGEST_EXPONENT:
        return False
    try:
        bits = base64_to_int(modulus).bit_length()
    except ValueError:
        return False
    return SMALLEST_RSA_BITS <= bits <= LARGEST_RSA_BITS
