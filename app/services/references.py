"""A reference as somebody reads it out: what became of that login, beside the last one that went well."""

from dataclasses import dataclass

from app.domain.connection import Connection
from app.domain.held import HeldLogin
from app.domain.login_attempt import Purpose
from app.domain.tenant import Tenant
from app.domain.trace import Trace
from app.ports.repositories import Database
from app.services.traces import TraceService


@dataclass(frozen=True, slots=True)
class LookedUp:
    """`good` is the last success before it of the same tenant, connection and method. `held`: what this login made."""

    trace: Trace
    tenant: Tenant | None = None
    connection: Connection | None = None
    held: HeldLogin | None = None
    good: Trace | None = None

    @property
    def purpose(self) -> Purpose:
        """What it was for."""
        return Purpose(str(self.trace.details.get("purpose", Purpose.LOGIN.value)))


@dataclass(frozen=True, slots=True)
class ReferenceService:
    """Reads only."""

    database: Database
    traces: TraceService

    def look_up(self, reference: str) -> LookedUp:
        """Raises NotFound."""
        trace = self.traces.get(reference)
        if trace.tenant_id is None:
            return LookedUp(trace)
        with self.database.read() as work:
            connections = work.connections.of_tenant(trace.tenant_id)
            return LookedUp(
                trace=trace,
                tenant=work.tenants.get(trace.tenant_id),
                connection=next((one for one in connections if one.name == trace.connection), None),
                held=work.held.by_reference(trace.tenant_id, trace.reference),
                good=work.traces.last_signed_in(
                    trace.tenant_id, connection=trace.connection, method=trace.method, before=trace.at
                ),
            )
