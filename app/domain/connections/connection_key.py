"""The bridge's own keys for one connection: what its provider encrypts to, and what proves the bridge there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.connections.connection import ConnectionId, Sealed
from app.domain.tenants.tenant import TenantId

CACHEABLE_S = 3600
"""How long anybody may keep the published set: a new key signs only when everybody has it."""

OVERLAP_S = 7 * 24 * 3600
"""How long a key that was replaced still decrypts, and what it signed can still be verified."""


class KeyUse(StrEnum):
    """RFC 7517, section 4.2."""

    SIGNING = "sig"
    ENCRYPTION = "enc"


class KeyType(StrEnum):
    """RFC 7518, section 6.1: RSA with 2048 bits, EC on P-256."""

    RSA = "RSA"
    EC = "EC"


ALGS: Mapping[tuple[KeyUse, KeyType], Sequence[str]] = {
    (KeyUse.SIGNING, KeyType.RSA): ("RS256",),
    (KeyUse.SIGNING, KeyType.EC): ("ES256",),
    (KeyUse.ENCRYPTION, KeyType.RSA): ("RSA-OAEP-256", "RSA-OAEP"),
    (KeyUse.ENCRYPTION, KeyType.EC): ("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"),
}
"""What each key is for (RFC 7518, sections 3 and 4). Never RSA1_5."""

SLOTS = tuple((use, key_type) for use in KeyUse for key_type in KeyType)
"""A connection has one key of each, and as many again after each rotation."""


@dataclass(frozen=True, slots=True)
class ConnectionKey:
    """`kid` is the thumbprint (RFC 7638); `private` the whole JWK, sealed; `public` what is published of it."""

    kid: str
    tenant_id: TenantId
    connection_id: ConnectionId
    use: KeyUse
    key_type: KeyType
    generation: int
    """1, and one more with each rotation."""
    public: Mapping[str, str]
    private: Sealed
    made_at: float
    expires_at: float | None = None
    """None: not replaced yet."""

    def good(self, now: float) -> bool:
        return self.expires_at is None or now < self.expires_at


def entry_kid(kid: str, alg: str) -> str:
    """The `kid` under which a key is published for one algorithm: its own for the first, so that it never changes."""
    return kid if any(algs[0] == alg for algs in ALGS.values()) else f"{kid}.{alg}"


def entries(key: ConnectionKey, encryption_algs: Collection[str]) -> list[Mapping[str, str]]:
    """What is published of it: one entry for each algorithm, as a provider may look for a key by `alg` alone.

    `encryption_algs` are those that the connection accepts.
    """
    algs = [alg for alg in ALGS[key.use, key.key_type] if key.use is KeyUse.SIGNING or alg in encryption_algs]
    return [{**key.public, "kid": entry_kid(key.kid, alg), "alg": alg} for alg in algs]


def published(keys: Iterable[ConnectionKey], *, now: float) -> list[ConnectionKey]:
    """OpenID Connect Core, sections 10.1.1 and 10.2.1.

    Nobody should encrypt to a key that was replaced; what it signed must still be verified.
    """
    return [key for key in keys if (key.good(now) if key.use is KeyUse.SIGNING else key.expires_at is None)]


def decrypting(keys: Iterable[ConnectionKey], *, now: float) -> list[ConnectionKey]:
    return [key for key in keys if key.use is KeyUse.ENCRYPTION and key.good(now)]


def signer(keys: Sequence[ConnectionKey], key_type: KeyType, *, now: float) -> ConnectionKey | None:
    """The newest that everybody has had time to fetch, else the oldest. `keys` come newest first."""
    able = [key for key in keys if key.use is KeyUse.SIGNING and key.key_type is key_type and key.good(now)]
    known = [key for key in able if key.made_at + CACHEABLE_S <= now]
    return next(iter(known or able[::-1]), None)
