"""The bridge's own keys for one connection: providers encrypt to them, and the bridge authenticates with them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.connections.connection import ConnectionId, Sealed
from app.domain.tenants.tenant import TenantId

CACHEABLE_S = 3600
"""How long a published key set may be cached: a new key signs only once every cache has it."""

OVERLAP_S = 7 * 24 * 3600
"""How long a replaced key can still decrypt, and its signatures can still be verified."""


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
"""A connection has one key for each slot, and a new set after each rotation."""


@dataclass(frozen=True, slots=True)
class ConnectionKey:
    """`kid` is the thumbprint (RFC 7638); `private` the whole JWK, sealed; `public` its published part."""

    kid: str
    tenant_id: TenantId
    connection_id: ConnectionId
    use: KeyUse
    key_type: KeyType
    generation: int
    """Starts at 1 and grows by one with each rotation."""
    public: Mapping[str, str]
    private: Sealed
    made_at: float
    expires_at: float | None = None
    """None: not replaced yet."""

    def good(self, now: float) -> bool:
        return self.expires_at is None or now < self.expires_at


def entry_kid(kid: str, alg: str) -> str:
    """The `kid` under which a key is published for one algorithm; the first algorithm keeps the key's own `kid`."""
    return kid if any(algs[0] == alg for algs in ALGS.values()) else f"{kid}.{alg}"


def entries(key: ConnectionKey, encryption_algs: Collection[str]) -> list[Mapping[str, str]]:
    """The published entries of a key, one for each algorithm, because a provider may look for a key by `alg` alone.

    `encryption_algs` are the algorithms that the connection accepts.
    """
    algs = [alg for alg in ALGS[key.use, key.key_type] if key.use is KeyUse.SIGNING or alg in encryption_algs]
    return [{**key.public, "kid": entry_kid(key.kid, alg), "alg": alg} for alg in algs]


def published(keys: Iterable[ConnectionKey], *, now: float) -> list[ConnectionKey]:
    """The keys to publish (OpenID Connect Core, sections 10.1.1 and 10.2.1).

    Nobody should encrypt to a replaced key, but what it signed must stay verifiable.
    """
    return [key for key in keys if (key.good(now) if key.use is KeyUse.SIGNING else key.expires_at is None)]


def decrypting(keys: Iterable[ConnectionKey], *, now: float) -> list[ConnectionKey]:
    return [key for key in keys if key.use is KeyUse.ENCRYPTION and key.good(now)]


def signer(keys: Sequence[ConnectionKey], key_type: KeyType, *, now: float) -> ConnectionKey | None:
    """The newest key that every cache has had time to fetch, else the oldest. `keys` come newest first."""
    able = [key for key in keys if key.use is KeyUse.SIGNING and key.key_type is key_type and key.good(now)]
    known = [key for key in able if key.made_at + CACHEABLE_S <= now]
    return next(iter(known or able[::-1]), None)
