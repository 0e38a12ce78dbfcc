"""What a benchmark says of many numbers."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import fmean, variance

Z_DIFFERENT = 3.29
"""Standard errors from one half: one of a thousand comparisons of the same thing goes further."""
Z_RANGE = 1.96
"""The range that is shown: 95 %."""


def percentile(ascending: Sequence[float], share: float) -> float:
    """The smallest value that `share` of them do not exceed (nearest rank)."""
    return ascending[max(ceil(len(ascending) * share) - 1, 0)]


@dataclass(frozen=True, slots=True)
class Ranks:
    """The Mann-Whitney test of two samples by its effect size.

    `auc` is the probability that a value of the second sample is larger than one of the first (ties count half): 0.5
    where nobody could tell them apart. `error` is its standard error (DeLong and others, 1988).
    """

    auc: float
    error: float

    @property
    def different(self) -> bool:
        return abs(self.auc - 0.5) > Z_DIFFERENT * self.error

    def __str__(self) -> str:
        return f"{self.auc:.2f} ({self.auc - Z_RANGE * self.error:.2f}–{self.auc + Z_RANGE * self.error:.2f})"


def ranks(first: Sequence[float], second: Sequence[float]) -> Ranks:
    """Each with two values or more."""
    below = _shares_below(second, sorted(first))
    above = [1 - share for share in _shares_below(first, sorted(second))]
    return Ranks(fmean(below), sqrt(variance(below) / len(below) + variance(above) / len(above)))


def _shares_below(values: Sequence[float], ascending: Sequence[float]) -> list[float]:
    """For each value the share of `ascending` that is smaller; equal ones count half."""
    return [(bisect_left(ascending, value) + bisect_right(ascending, value)) / 2 / len(ascending) for value in values]
