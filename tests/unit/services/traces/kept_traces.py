"""What the tests of traces share: a stepped clock, and the two repositories in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from app.domain.accounts.held import HeldLogin, HeldLoginId
from app.domain.connections.connection import Connection, ConnectionId, Provider
from app.domain.errors import Detail, SsoError, StoreUnavailable
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.traces.trace import LoginStopped, Trace
from app.services.traces.traces import TraceLog, TraceService

NOW = 1_790_000_000.0
ACME = Tenant(id=TenantId("tenant-1"), slug="acme", name="Acme Support")
MAIN = Connection(id=ConnectionId("connection-1"), tenant_id=ACME.id, name="main", provider=Provider())
HELD = HeldLogin(
    id=HeldLoginId("held-1"),
    tenant_id=ACME.id,
    connection_id=MAIN.id,
    issuer="https://idp.acme.example",
    subject="subject",
    match_value="bob@acme.example",
    reason=ReasonCode.HELD_NEW_SUBJECT,
    before="another",
    reference="7K3Q-9MWT-2X",
    at=NOW,
)


@dataclass
class SteppedClock:
    """Wall clock and stop watch, moved apart where a test wants to."""

    wall: float = NOW
    ticks: float = 0.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def forward(self, seconds: float) -> None:
        self.wall += seconds
        self.ticks += seconds


@dataclass
class Kept:
    """The two repositories that traces need, in memory."""

    added: dict[str, Trace] = field(default_factory=dict)
    waiting: list[HeldLogin] = field(default_factory=list)
    trims: list[int] = field(default_factory=list)
    away: bool = False

    @contextmanager
    def write(self, *, maintenance: bool = False) -> Iterator["Kept"]:
        if self.away:
            raise StoreUnavailable("database")
        yield self

    @contextmanager
    def read(self) -> Iterator["Kept"]:
        with self.write():
            yield self

    @property
    def traces(self) -> "Kept":
        return self

    @property
    def held(self) -> "KeptHeld":
        return KeptHeld(self)

    def add(self, trace: Trace) -> None:
        self.added[trace.reference] = trace

    def get(self, reference: str) -> Trace | None:
        return self.added.get(reference)

    def trim(self, *, before: float, uncorrelated_most: int, most: int) -> int:
        self.trims.append(uncorrelated_most)
        return 0


@dataclass
class KeptHeld:
    kept: Kept

    def add(self, held: HeldLogin) -> None:
        self.kept.waiting.append(held)


def log_of(clock: SteppedClock, *, reference: str = "7K3Q-9MWT-2X", correlated: bool = True) -> TraceLog:
    return TraceLog(
        clock=clock, reference=reference, method=Method.SSO, tenant=ACME, connection=MAIN, correlated=correlated
    )


def stop(
    service: TraceService, log: TraceLog, code: ReasonCode = ReasonCode.NO_ACCOUNT, **details: Detail
) -> LoginStopped:
    with pytest.raises(LoginStopped) as stopped, service.ending(log):
        raise SsoError(code, **details)
    return stopped.value
