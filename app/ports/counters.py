"""Counting attempts, so that guessing does not pay. What is counted may be lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` hits of `key` within a window of `window_s` seconds, which begins with the first."""

    key: str
    most: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """A limit that refuses its next hit, until then or until it is released."""

    key: str
    hits: int
    until: float
    """Unix seconds."""


def readable(key: str) -> str:
    """The key as it is counted and kept: text that any store can hold."""
    return key.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


class Counters(Protocol):
    """Shared by all workers. Raises StoreUnavailable (`redis` or `database`) when the store is away."""

    def hit(self, limits: Sequence[Limit]) -> int:
        """Count one attempt against every limit, atomically before it is made, whatever else races.

        Returns 0 where all limits allow it, else the seconds until the last of the exceeded ones opens again.
        """

    def check(self) -> None:
        """Raises StoreUnavailable where nothing can be counted."""

    def forgive(self, limits: Sequence[Limit]) -> None:
        """The attempt was a good one: take its hit back from every limit."""

    def stopped(self, prefix: str) -> Sequence[Stopped]:
        """The limits with such keys that refuse now, by key. What did not reach its limit cannot be listed."""

    def release(self, keys: Sequence[str]) -> None:
        """Count them from nothing again."""
