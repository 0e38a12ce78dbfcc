"""Counts for Prometheus. Labels are few and our own: never from tenants, people or providers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)

GAUGES = {
    "outbox_waiting": "Emails that wait for delivery.",
    "outbox_given_up": "Emails that were given up, in the last 30 days.",
    "app_logouts_waiting": "Logouts that an app has yet to accept.",
    "app_logouts_given_up": "Logouts that an app has not accepted in a day, in the last 7 days.",
    "outbox_oldest_seconds": "How long the oldest waiting email has waited.",
    "switches_overdue": "Planned switches that no worker has carried out in time.",
    "providers_failing": "Connections whose provider failed in the last 5 minutes, at most 200.",
    "client_secret_expires_days": "Days until the next client secret of an active connection expires.",
    "certificate_expires_days": "Days until the next client certificate of an active connection expires.",
}


@dataclass(slots=True)
class Metrics:
    """`multiprocess` is the folder that one server's workers share, or empty for a single process."""

    multiprocess: str = ""
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    logins: Counter = field(init=False)
    requests: Histogram = field(init=False)

    def __post_init__(self) -> None:
        self.logins = Counter(
            "sso_bridge_logins",
            "Login attempts that ended, by method, outcome and reason.",
            ["method", "outcome", "reason"],
            registry=self.registry,
        )
        self.requests = Histogram(
            "sso_bridge_request_seconds",
            "Time to answer, by route and status.",
            ["route", "status"],
            buckets=LATENCIES,
            registry=self.registry,
        )

    def render(self, numbers: Mapping[str, float]) -> bytes:
        """All workers' numbers together, and those of the database as they are now (services/operations.py)."""
        return self._counted() + generate_latest(_gauges(numbers))

    def _counted(self) -> bytes:
        if not self.multiprocess:
            return generate_latest(self.registry)
        merged = CollectorRegistry()
        merged.register(_AllWorkers(self.multiprocess))
        return generate_latest(merged)


@dataclass(frozen=True, slots=True)
class _AllWorkers(Collector):
    """What all workers have counted. A file that a worker is just creating is empty, and the library cannot read it."""

    folder: str

    def collect(self) -> Iterable[Metric]:
        files = [str(file) for file in Path(self.folder).glob("*.db") if file.stat().st_size]
        return MultiProcessCollector.merge(files, accumulate=True)  # type: ignore[no-untyped-call,no-any-return]  # the library's gap


def _gauges(numbers: Mapping[str, float]) -> CollectorRegistry:
    registry = CollectorRegistry()
    for name, value in numbers.items():
        Gauge(f"sso_bridge_{name}", GAUGES[name], registry=registry).set(value)
    return registry
