"""Our own keys: sealing what leaves us and comes back, and secrets in the database."""

from typing import Protocol


class SealBroken(Exception):
    """Not sealed by us, altered, sealed for another purpose, or under a key that no longer exists."""


class Sealer(Protocol):
    """Authenticated encryption. The newest key seals; older ones can still open."""

    def seal(self, plain: bytes, *, purpose: str) -> str:
        """URL-safe text. What was sealed for one purpose does not open for another."""

    def open(self, sealed: str, *, purpose: str) -> bytes:
        """Raises SealBroken."""

    def sign(self, message: str, *, purpose: str) -> str:
        """A MAC as URL-safe text, for values that must be authentic but may be read."""

    def signed(self, message: str, mac: str, *, purpose: str) -> bool:
        """Whether one of our keys signed it; compared in constant time."""


class PasswordHasher(Protocol):
    """argon2id, slow on purpose: limit it for unauthenticated callers (services/throttling/fair_places)."""

    def hash(self, password: str) -> str:
        """A PHC string."""

    def verify(self, password: str, stored: str | None) -> bool:
        """Takes the same time for a wrong password as for an account without one (`stored` None)."""
