"""The share of the threads that providers may hold: one that hangs holds up its own logins, not everybody's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Lock

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode


@dataclass(slots=True)
class _Lane:
    free: Condition
    inside: int = 0
    present: int = 0
    """Inside or waiting. An empty lane is forgotten, so what is kept is bounded by the number of threads."""


@dataclass(slots=True)
class Bulkhead:
    """At most `width` requests of a lane at once; a further one waits for `patience_s` seconds at most.

    Inside and waiting, a lane may hold as many of the `in_total` places as it leaves free. So one that hangs takes half
    of them, two take two thirds, and whoever comes next always finds some.
    """

    width: int
    patience_s: float
    in_total: int
    _present: int = field(default=0, init=False)
    _lanes: dict[str, _Lane] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    @contextmanager
    def enter(self, lane: str, *, host: str, left_s: float) -> Iterator[None]:
        """Hold one place of the lane. Raises SsoError `provider_timeout`, `busy`, where none comes free."""
        self._take_place(lane, host, min(self.patience_s, left_s))
        try:
            yield
        finally:
            self._leave_place(lane)

    def _take_place(self, name: str, host: str, patience_s: float) -> None:
        with self._lock:
            lane = self._lanes.get(name) or _Lane(Condition(self._lock))
            if lane.present >= self.in_total - self._present:
                raise _busy(host)
            self._lanes[name] = lane
            lane.present += 1
            self._present += 1
            if lane.inside >= self.width and not lane.free.wait_for(lambda: lane.inside < self.width, patience_s):
                self._forget_one(name, lane)
                raise _busy(host)
            lane.inside += 1

    def _leave_place(self, name: str) -> None:
        with self._lock:
            lane = self._lanes[name]
            lane.inside -= 1
            self._forget_one(name, lane)
            lane.free.notify()

    def _forget_one(self, name: str, lane: _Lane) -> None:
        lane.present -= 1
        self._present -= 1
        if not lane.present:
            del self._lanes[name]


def _busy(host: str) -> SsoError:
    error = "too many requests to this provider are waiting for its answer"
    return SsoError(ReasonCode.PROVIDER_TIMEOUT, host=host, error=error, busy=True)
