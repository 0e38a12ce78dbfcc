"""A circuit breaker per bulkhead and host: an unavailable provider is not called again and again."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

_FAILURES = 5
_OPEN_S = 10.0
_REMEMBERED = 10_000

_COUNTED = frozenset({ReasonCode.PROVIDER_UNREACHABLE, ReasonCode.PROVIDER_TIMEOUT, ReasonCode.PROVIDER_TLS})


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    open_until: float = 0.0
    last: SsoError | None = None


@dataclass(slots=True)
class Circuits:
    """After 5 failures in a row the circuit opens for 10 s; then one request tries, while the others are still refused.

    Only failures to reach the provider count, not its error responses. Times are monotonic seconds.
    """

    _circuits: OrderedDict[tuple[str, str], _Circuit] = field(default_factory=OrderedDict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def check(self, bulkhead_key: str, host: str, *, now: float) -> None:
        """Raises the SsoError of the last failure, with `circuit` = `open`, while the circuit is open."""
        circuit = self._circuits.get((bulkhead_key, host))
        if circuit is None:
            return
        with self._lock:
            if circuit.failures < _FAILURES or circuit.last is None:
                return
            if now >= circuit.open_until:
                circuit.open_until = now + _OPEN_S
                return
            raise SsoError(circuit.last.code, **{**circuit.last.details, "circuit": "open"})

    def succeeded(self, bulkhead_key: str, host: str) -> None:
        """The provider responded, with any status."""
        if (bulkhead_key, host) in self._circuits:
            with self._lock:
                self._circuits.pop((bulkhead_key, host), None)

    def failed(self, bulkhead_key: str, host: str, error: SsoError, *, now: float) -> None:
        """A request failed with `error`. One that started before the circuit opened does not prolong it."""
        if error.code not in _COUNTED:
            self.succeeded(bulkhead_key, host)
            return
        with self._lock:
            circuit = self._circuits.setdefault((bulkhead_key, host), _Circuit())
            self._circuits.move_to_end((bulkhead_key, host))
            circuit.failures += 1
            circuit.last = error
            if circuit.failures >= _FAILURES and now >= circuit.open_until:
                circuit.open_until = now + _OPEN_S
            if len(self._circuits) > _REMEMBERED:
                self._circuits.popitem(last=False)
