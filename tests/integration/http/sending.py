"""Sending requests through the real client, as the tests do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

from app.adapters.http.client import DEFAULT_LIMITS, Limits, OutboundClient
from app.adapters.http.resolver import Resolver
from app.adapters.system import SystemClock
from app.ports.outbound import Answer, OutboundRequest
from app.ports.system import Clock

PATIENCE_S = 10.0


class MovableClock:
    """Time that moves when a test moves it."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += seconds


class Sender:
    """A client and its clock; every request of a test has `PATIENCE_S` unless it says otherwise."""

    def __init__(self, client: OutboundClient, clock: Clock) -> None:
        self.client = client
        self.clock = clock

    def get(self, url: str, *, within: float = PATIENCE_S, bulkhead_key: str = "main") -> Answer:
        return self.send(OutboundRequest("GET", url), within=within, bulkhead_key=bulkhead_key)

    def send(self, request: OutboundRequest, *, within: float = PATIENCE_S, bulkhead_key: str = "main") -> Answer:
        return self.client.send(request, bulkhead_key=bulkhead_key, deadline=self.clock.monotonic() + within)


@contextmanager
def sender(
    *,
    development: bool = False,
    networks: tuple[str, ...] = (),
    clock: Clock | None = None,
    ca_bundle: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
    resolver: Resolver | None = None,
) -> Iterator[Sender]:
    clock = clock or SystemClock()
    client = OutboundClient(
        allow_http=development,
        networks=tuple(ip_network(network) for network in networks),
        clock=clock,
        ca_bundle=str(ca_bundle) if ca_bundle else None,
        limits=limits,
        resolver=resolver,
    )
    try:
        yield Sender(client, clock)
    finally:
        client.close()
