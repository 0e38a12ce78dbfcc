"""Provider documents, cached in the process across logins.

A document is shared by everyone who asks for the same URL; state that depends on a bulkhead (a fetch in progress, a
failure, the budget of renewals) is kept per bulkhead, so that a blocked tenant does not affect others on that issuer.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock, Semaphore
from typing import Generic, TypeVar

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.system import Clock

FRESH_S = 600.0
STALE_S = 86_400.0
"""How long a document may be used while no newer one can be fetched."""

RETRY_S = 10.0
"""How long a failed fetch is remembered; also how soon a document that led nowhere is fetched again."""

LONGEST_WAIT_S = 60.0

MOST_WAITING = 12
MOMENT_S = 1.0
"""A limited number of a bulkhead's requests wait for a fetch until their deadline, further ones only for a moment: a
hanging provider must not hold every thread of the process."""

RENEWALS = 3
RENEWAL_WINDOW_S = 30.0
"""The renewals that one bulkhead may waste in this time: a flood of unknown keys must cost the provider and us next to
nothing. If it may fetch more often (`Asker.every_s`), its next renewal is never further away than that."""

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, their deadline, and the interval between fetches once RENEWALS are used up."""

    bulkhead_key: str
    deadline: float
    every_s: float = RENEWAL_WINDOW_S


class Invalidated(SsoError):
    """The document was readable and withdraws what was cached: the older one must not be used any more."""


@dataclass(slots=True)
class _Copy(Generic[V]):
    value: V
    fetched_at: float
    fresh_until: float


@dataclass(slots=True)
class _CallerState:
    flight: Lock = field(default_factory=Lock)
    waiting: Semaphore = field(default_factory=lambda: Semaphore(MOST_WAITING))
    failure: SsoError | None = None
    retry_at: float = float("-inf")
    renewals: list[float] = field(default_factory=list)

    def next_renewal(self, now: float, every_s: float) -> float:
        """Seconds to wait; 0 for none."""
        self.renewals = [at for at in self.renewals if at > now - RENEWAL_WINDOW_S]
        wait = self.retry_at - now
        if len(self.renewals) >= RENEWALS:
            wait = max(wait, self.renewals[-1] + every_s - now)
        return max(0.0, wait)

    def board(self, patience_s: float) -> bool:
        """Hold the flight; False if it did not become free in time."""
        if self.flight.acquire(blocking=False):
            return True
        patient = self.waiting.acquire(blocking=False)
        try:
            return self.flight.acquire(timeout=patience_s if patient else min(patience_s, MOMENT_S))
        finally:
            if patient:
                self.waiting.release()


class DocumentCache(Generic[V]):
    """At most `most` documents; drops the least recently used. Thread-safe."""

    def __init__(self, clock: Clock, *, most: int) -> None:
        self._clock = clock
        self._most = most
        self._lock = Lock()
        self._copies: OrderedDict[Hashable, _Copy[V]] = OrderedDict()
        self._callers: OrderedDict[Hashable, _CallerState] = OrderedDict()

    def get(self, key: Hashable, fetch: Callable[[], V], *, bulkhead_key: str, deadline: float) -> V:
        """The document, fetched by one caller at a time; meanwhile, and during an outage, a stale one."""
        copy = self._copy(key)
        now = self._clock.monotonic()
        if copy is not None and now < copy.fresh_until:
            return copy.value
        stale = copy if copy is not None and now < copy.fetched_at + STALE_S else None
        state = self._caller(key, bulkhead_key)
        if not state.board(0.0 if stale is not None else self._patience(deadline)):
            if stale is None:
                raise SsoError(
                    ReasonCode.PROVIDER_TIMEOUT, error=Text("another login's fetch took too long"), busy=True
                )
            return stale.value
        try:
            return self._get_alone(key, fetch, state=state)
        finally:
            state.flight.release()

    def renew(self, key: Hashable, fetch: Callable[[], V], *, seen: V, asker: Asker) -> V | None:
        """A version newer than `seen`, fetched now; None if it is too early for that. Raises what `fetch` raises."""
        state = self._caller(key, asker.bulkhead_key)
        if not state.board(self._patience(asker.deadline)):
            return None
        try:
            copy = self._copy(key)
            if copy is not None and copy.value is not seen:
                return copy.value
            now = self._clock.monotonic()
            if state.next_renewal(now, asker.every_s):
                return None
            state.renewals.append(now)
            return self._fetch(key, fetch, state=state)
        finally:
            state.flight.release()

    def helped(self, key: Hashable, asker: Asker) -> None:
        """The renewal brought what was missing: however often that happens, it is not a flood."""
        state = self._caller(key, asker.bulkhead_key)
        state.renewals = state.renewals[:-1]

    def next_renewal(self, key: Hashable, asker: Asker) -> float:
        """Seconds until `renew` would fetch again."""
        return self._caller(key, asker.bulkhead_key).next_renewal(self._clock.monotonic(), asker.every_s)

    def distrust(self, key: Hashable) -> None:
        """The document's content did not work: fetch it again soon, without dropping it."""
        with self._lock:
            copy = self._copies.get(key)
            if copy is not None:
                copy.fresh_until = min(copy.fresh_until, copy.fetched_at + RETRY_S)

    def _patience(self, deadline: float) -> float:
        return min(max(0.0, deadline - self._clock.monotonic()), LONGEST_WAIT_S)

    def _get_alone(self, key: Hashable, fetch: Callable[[], V], *, state: _CallerState) -> V:
        copy = self._copy(key)
        now = self._clock.monotonic()
        if copy is not None and now < copy.fresh_until:
            return copy.value
        stale = copy if copy is not None and now < copy.fetched_at + STALE_S else None
        if state.failure is not None and now < state.retry_at:
            if stale is not None:
                return stale.value
            raise SsoError(state.failure.code, **state.failure.details)
        try:
            return self._fetch(key, fetch, state=state)
        except Invalidated:
            raise
        except SsoError:
            if stale is None:
                raise
            return stale.value

    def _fetch(self, key: Hashable, fetch: Callable[[], V], *, state: _CallerState) -> V:
        try:
            value = fetch()
        except SsoError as error:
            # Not the exception itself: its traceback would keep the response in memory.
            state.failure = SsoError(error.code, **error.details)
            state.retry_at = self._clock.monotonic() + RETRY_S
            if isinstance(error, Invalidated):
                with self._lock:
                    self._copies.pop(key, None)
            raise
        state.failure = None
        state.retry_at = float("-inf")
        now = self._clock.monotonic()
        with self._lock:
            self._copies[key] = _Copy(value=value, fetched_at=now, fresh_until=now + FRESH_S)
            self._copies.move_to_end(key)
            while len(self._copies) > self._most:
                self._copies.popitem(last=False)
        return value

    def _copy(self, key: Hashable) -> _Copy[V] | None:
        with self._lock:
            copy = self._copies.get(key)
            if copy is not None:
                self._copies.move_to_end(key)
            return copy

    def _caller(self, key: Hashable, bulkhead_key: str) -> _CallerState:
        with self._lock:
            state = self._callers.setdefault((key, bulkhead_key), _CallerState())
            self._callers.move_to_end((key, bulkhead_key))
            while len(self._callers) > self._most:
                self._callers.popitem(last=False)
            return state
