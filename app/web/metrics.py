"""Counts for Prometheus. Labels are few and our own: never from tenants, people or providers."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)


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

    def render(self) -> bytes:
        """All workers' numbers together."""
        if not self.multiprocess:
            return generate_latest(self.registry)
        merged = CollectorRegistry()
        MultiProcessCollector(merged, path=self.multiprocess)  # type: ignore[no-untyped-call]  # the library's gap
        return generate_latest(merged)
