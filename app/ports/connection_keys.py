"""The bridge's own private keys, for decrypting and signing, and where they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.connections.connection import Connection, ConnectionId
from app.domain.connections.connection_key import ConnectionKey, KeyType
from app.domain.tenants.tenant import TenantId


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A JWK (RFC 7517) as JSON, with its `kid` and `use`."""

    kid: str
    key_type: KeyType
    jwk: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A newly generated key: its public part and the whole."""

    public: Mapping[str, str]
    private: PrivateKey


class ConnectionKeys(Protocol):
    """Keys of one connection, generated when first needed.

    Raises StoreUnavailable, or SsoError `misconfigured` if they cannot be unsealed.
    """

    def decrypting(self, connection: Connection) -> Sequence[PrivateKey]:
        """Every key that a provider may still encrypt to, newest first."""

    def signing(self, connection: Connection, key_type: KeyType) -> PrivateKey:
        """The key that signs at present."""


class ConnectionKeyStore(Protocol):
    """The bridge's own keys for each connection."""

    def of_connection(self, tenant_id: TenantId, connection_id: ConnectionId) -> Sequence[ConnectionKey]:
        """Newest first, including replaced ones."""

    def add(self, keys: Sequence[ConnectionKey]) -> bool:
        """False if there are keys of this generation already, which stay: a unique row decides every race."""

    def retire(self, tenant_id: TenantId, connection_id: ConnectionId, *, before: int, at: float) -> None:
        """End keys of the generations below `before` at `at`, unless they end earlier."""
