"""The keys that the bridge signs tokens with: where they are stored, and signing and verifying with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.domain.oauth2.signing_alg import SigningAlg
from app.domain.oauth2.signing_key import SigningKey


class SigningKeys(Protocol):
    """The stored keys."""

    def all(self) -> Sequence[SigningKey]:
        """Newest first, including replaced ones."""

    def get(self, kid: str) -> SigningKey | None: ...
    def add(self, keys: Sequence[SigningKey]) -> bool:
        """False if there are keys of this generation already, which stay: a unique row decides every race."""

    def retire(self, *, before: int, at: float) -> None:
        """End keys of the generations below `before` at `at`, unless they end earlier."""


class BadToken(Exception):
    """Not a compact JWS (RFC 7515), or its signature is not by this key. Says nothing of what the token holds."""


@dataclass(frozen=True, slots=True)
class MadeSigningKey:
    """A newly generated key: its id, its public part as it is published, and the whole as JSON (RFC 7517)."""

    kid: str
    public: Mapping[str, str]
    private: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnverifiedHeader:
    """What a token says about itself (RFC 7515, section 4.1); "" for what is absent or not text."""

    kid: str
    algorithm: str
    type: str


class Signatures(Protocol):
    """Signs and verifies compact JWTs (RFC 7519)."""

    def make_key(self, algorithm: SigningAlg) -> MadeSigningKey:
        """RSA takes about 100 ms."""

    def sign(
        self, claims: Mapping[str, Any], *, kid: str, algorithm: SigningAlg, token_type: str, private: Callable[[], str]
    ) -> str:
        """`private` is asked for the key as JSON unless the key `kid` is in memory still."""

    def header(self, token: str) -> UnverifiedHeader:
        """Raises BadToken."""

    def verified(self, token: str, *, algorithm: SigningAlg, public: Mapping[str, str]) -> dict[str, Any]:
        """The claims of a token with a valid signature by this key. Raises BadToken."""
