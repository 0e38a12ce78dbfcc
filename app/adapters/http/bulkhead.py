"""One lane's share of the threads: a provider that hangs holds up its own logins, not everybody's."""

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
    """At most `width` requests of a lane at once; a further one waits for `patience_s` seconds at most."""

    width: int
    patience_s: float
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
            lane = self._lanes.get(name)
            if lane is None:
                lane = self._lanes[name] = _Lane(Condition(self._lock))
            lane.present += 1
            if lane.inside >= self.width and not lane.free.wait_for(lambda: lane.inside < self.width, patience_s):
                self._forget_one(name, lane)
                error = "too many requests to this provider are waiting for its answer"
                raise SsoError(ReasonCode.PROVIDER_TIMEOUT, host=host, error=error, busy=True)
            lane.inside += 1

    def _leave_place(self, name: str) -> None:
        with self._lock:
            lane = self._lanes[name]
            lane.inside -= 1
            self._forget_one(name, lane)
            lane.free.notify()

    def _forget_one(self, name: str, lane: _Lane) -> None:
        lane.present -= 1
        if not lane.present:
            del self._lanes[name]
