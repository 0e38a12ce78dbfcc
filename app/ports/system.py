"""Time and randomness. Both are dependencies, so that tests can control them."""

from typing import Protocol


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> float:
        """Unix seconds, UTC, with fractions."""

    def monotonic(self) -> float:
        """Seconds that only increase; for measuring durations."""


class Randomness(Protocol):
    """A cryptographic source."""

    def token(self) -> str:
        """256 bits as 43 URL-safe characters."""

    def short_id(self) -> str:
        """80 bits as 16 lower-case base32 characters; for ids in URLs."""

    def reference(self) -> str:
        """50 bits in Crockford's base32, grouped for reading out over the telephone: `7K3Q-9MWT-2X`."""
