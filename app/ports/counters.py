"""Counting attempts, so that guessing does not pay. Losing the counts is acceptable."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` hits of `key` within a window of `window_s` seconds that starts with the first hit."""

    key: str
    most: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """A limit that refuses further hits until `until`, or until it is released."""

    key: str
    hits: int
    until: float
    """Unix seconds."""


def readable(key: str) -> str:
    """The key as it is stored: text that any store can hold."""
    return key.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


class Counters(Protocol):
    """Shared by all workers. Raises StoreUnavailable (`redis` or `database`) if the store is unavailable."""

    def hit(self, limits: Sequence[Limit]) -> int:
        """Count one attempt against every limit, atomically and before it is made.

        Returns 0 if all limits allow it, else the seconds until the last exceeded one allows hits again.
        """

    def wait_s(self, limits: Sequence[Limit]) -> int:
        """Counts nothing. The seconds until the last limit that refuses hits now allows them again; 0 if none does."""

    def check(self) -> None:
        """Raises StoreUnavailable if nothing can be counted."""

    def forgive(self, limits: Sequence[Limit]) -> None:
        """The attempt succeeded: take its hit back from every limit."""

    def stopped(self, prefix: str) -> Sequence[Stopped]:
        """The limits under this prefix that refuse hits now, by key. Limits that are not reached are not listed."""

    def release(self, keys: Sequence[str]) -> None:
        """Reset these counts to zero."""
