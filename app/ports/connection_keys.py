"""The bridge's own private keys, for decrypting and signing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.connections.connection import Connection
from app.domain.connections.connection_key import KeyType


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
