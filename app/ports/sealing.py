"""Our own keys: sealing what leaves us and comes back, and what rests in the database."""

from typing import Protocol


class SealBroken(Exception):
    """Not sealed by us, altered, sealed for another purpose, or under a key that is gone."""


class Sealer(Protocol):
    """Authenticated encryption. The newest key seals, older ones still open."""

    def seal(self, plain: bytes, *, purpose: str) -> str:
        """URL-safe text. What was sealed for one purpose does not open for another."""

    def open(self, sealed: str, *, purpose: str) -> bytes:
        """Raises SealBroken."""

    def sign(self, message: str, *, purpose: str) -> str:
        """A MAC as URL-safe text; for what must be recognised but may be read."""

    def signed(self, message: str, mac: str, *, purpose: str) -> bool:
        """Whether one of our keys signed it; compared in constant time."""


class PasswordHasher(Protocol):
    """argon2id. Slow on purpose: whoever lets strangers call it gives them places (services/throttling/fair_places)."""

    def hash(self, password: str) -> str:
        """A PHC string."""

    def verify(self, password: str, stored: str | None) -> bool:
        """The same work for a wrong password as for an account without one (`stored` None)."""
