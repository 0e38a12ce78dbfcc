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


class Counters(Protocol):
    """Shared by all workers. Raises StoreUnavailable (`redis` or `database`) when the store is away."""

    def hit(self, limits: Sequence[Limit]) -> int:
        """Count one attempt against every limit, atomically before it is made, whatever else races.

        Returns 0 where all limits allow it, else the seconds until the last of the exceeded ones opens again.
        """

    def check(self) -> None:
        """Whether it can be asked at all."""

    def forgive(self, limits: Sequence[Limit]) -> None:
        """The attempt was a good one: take its hit back from every limit."""
