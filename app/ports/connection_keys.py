"""The bridge's own private keys, for the code that decrypts and signs with them."""

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
    """A key that has just been made: what may be published of it, and all of it."""

    public: Mapping[str, str]
    private: PrivateKey


class ConnectionKeys(Protocol):
    """Keys of one connection, made when they are first asked for.

    Raises StoreUnavailable, or SsoError `misconfigured` where they do not open.
    """

    def decrypting(self, connection: Connection) -> Sequence[PrivateKey]:
        """All that a provider may still encrypt to, newest first."""

    def signing(self, connection: Connection, key_type: KeyType) -> PrivateKey:
        """The one that signs now."""
