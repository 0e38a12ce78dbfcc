"""Limits the threads that one provider may hold: a hanging provider delays its own logins, not everyone's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Lock

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text


@dataclass(slots=True)
class _Lane:
    free: Condition
    inside: int = 0
    present: int = 0
    """Running or waiting. Empty bulkheads are removed, so their number is bounded by the number of threads."""


@dataclass(slots=True)
class Bulkhead:
    """At most `width` requests of a bulkhead run at once; a further one waits for `patience_s` seconds at most.

    Running and waiting, a bulkhead may hold at most as many of the `in_total` places as it leaves free. So one that
    hangs takes half of them, two take two thirds, and there is always room for others.
    """

    width: int
    patience_s: float
    in_total: int
    _present: int = field(default=0, init=False)
    _callers: dict[str, _Lane] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    @contextmanager
    def enter(self, bulkhead_key: str, *, host: str, left_s: float) -> Iterator[None]:
        """Hold one place of the bulkhead. Raises SsoError `provider_timeout`, `busy`, if none becomes free."""
        self._take_place(bulkhead_key, host, min(self.patience_s, left_s))
        try:
            yield
        finally:
            self._leave_place(bulkhead_key)

    def _take_place(self, name: str, host: str, patience_s: float) -> None:
        with self._lock:
            bulkhead_key = self._callers.get(name) or _Lane(Condition(self._lock))
            if bulkhead_key.present >= self.in_total - self._present:
                raise _busy(host)
            self._callers[name] = bulkhead_key
            bulkhead_key.present += 1
            self._present += 1
            if bulkhead_key.inside >= self.width and not bulkhead_key.free.wait_for(
                lambda: bulkhead_key.inside < self.width, patience_s
            ):
                self._forget_one(name, bulkhead_key)
                raise _busy(host)
            bulkhead_key.inside += 1

    def _leave_place(self, name: str) -> None:
        with self._lock:
            bulkhead_key = self._callers[name]
            bulkhead_key.inside -= 1
            self._forget_one(name, bulkhead_key)
            bulkhead_key.free.notify()

    def _forget_one(self, name: str, bulkhead_key: _Lane) -> None:
        bulkhead_key.present -= 1
        self._present -= 1
        if not bulkhead_key.present:
            del self._callers[name]


def _busy(host: str) -> SsoError:
    error = Text("too many requests are already waiting for this provider")
    return SsoError(ReasonCode.PROVIDER_TIMEOUT, host=host, error=error, busy=True)
