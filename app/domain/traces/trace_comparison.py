"""Compares a login with a successful one of the same connection."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.traces.trace import Step, Trace

AT_PROVIDER = frozenset({"discovery", "par", "token", "userinfo"})
"""Steps whose time is spent at the provider. The others are our own checks."""


@dataclass(frozen=True, slots=True)
class StepPair:
    """The same step of both logins. `good` is None if there is nothing to compare with."""

    name: str
    this: Step | None
    good: Step | None

    @property
    def at_provider(self) -> bool:
        return self.name in AT_PROVIDER


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds, split by where they were spent."""

    ours: int
    provider: int

    @property
    def total(self) -> int:
        return self.ours + self.provider


def took(trace: Trace) -> Took:
    at_provider = sum(step.took_ms for step in trace.steps if step.step in AT_PROVIDER)
    return Took(ours=sum(step.took_ms for step in trace.steps) - at_provider, provider=at_provider)


def claims_of(trace: Trace) -> tuple[str, ...] | None:
    """The names of the claims received; None if the login stopped before that was known."""
    names = trace.details.get("claims")
    return tuple(names) if isinstance(names, list) else None


def missing_claims(trace: Trace, good: Trace) -> tuple[str, ...]:
    """Claims that came then but not this time. Empty if either is unknown."""
    this, then = claims_of(trace), claims_of(good)
    return tuple(name for name in then if name not in this) if this is not None and then is not None else ()


def side_by_side(trace: Trace, good: Trace | None) -> Sequence[StepPair]:
    """In the order of `trace`, then the steps it did not reach; repeated steps are paired in order."""
    then = list(good.steps) if good else []
    pairs = []
    for step in trace.steps:
        place = next((place for place, other in enumerate(then) if other.step == step.step), None)
        pairs.append(StepPair(step.step, step, None if place is None else then.pop(place)))
    return [*pairs, *(StepPair(step.step, None, step) for step in then)]
