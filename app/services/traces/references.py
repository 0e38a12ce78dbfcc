"""A reference: the outcome of that login, compared with the last successful one."""

from dataclasses import dataclass

from app.domain.accounts.account import Account
from app.domain.accounts.held import HeldLogin
from app.domain.accounts.near_miss import Near, beginnings_near, nearness, values_near
from app.domain.connections.connection import Connection, MatchBy
from app.domain.errors import Detail, NotFound
from app.domain.login.login_attempt import Purpose
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.traces.trace import Trace
from app.ports.repositories import Database, Work
from app.services.traces.traces import TraceService

NEAR_MOST = 10


@dataclass(frozen=True, slots=True)
class LookedUp:
    """`good` is the last success before it of the same tenant, connection and method; `held` what this login caused."""

    trace: Trace
    tenant: Tenant | None = None
    connection: Connection | None = None
    account: Account | None = None
    held: HeldLogin | None = None
    good: Trace | None = None
    sought: str | None = None
    """The whole value that no account has."""
    near: tuple[tuple[Account, Near], ...] = ()
    """Accounts that may have been meant."""

    @property
    def nobody(self) -> bool:
        """Whether it found no account."""
        return self.trace.reason is ReasonCode.NO_ACCOUNT

    @property
    def purpose(self) -> Purpose:
        """The purpose of the attempt."""
        return self.trace.purpose


@dataclass(frozen=True, slots=True)
class ReferenceService:
    """Read-only."""

    database: Database
    traces: TraceService

    def look_up(self, reference: str, *, within: Tenant | None = None) -> LookedUp:
        """Raises NotFound; with `within`, also for another tenant's."""
        trace = self.traces.get(reference)
        if within is not None and trace.tenant_id != within.id:
            raise NotFound("trace", reference)
        if trace.tenant_id is None:
            return LookedUp(trace)
        sought = self.traces.sought(trace)
        with self.database.read() as work:
            return LookedUp(
                trace=trace,
                tenant=work.tenants.get(trace.tenant_id),
                account=work.accounts.get(trace.tenant_id, trace.account_id) if trace.account_id else None,
                connection=work.connections.named(trace.tenant_id, trace.connection or ""),
                sought=sought,
                near=_near(work, trace.tenant_id, sought, by=trace.details.get("match_by")) if sought else (),
                held=work.held.by_reference(trace.tenant_id, trace.reference),
                good=work.traces.last_signed_in(
                    trace.tenant_id, connection=trace.connection, method=trace.method, before=trace.at
                ),
            )


def _near(work: Work, tenant_id: TenantId, sought: str, *, by: Detail) -> tuple[tuple[Account, Near], ...]:
    """Looked up now, not when the login was refused: only the viewer waits, and sees what has been fixed since."""
    match_by = MatchBy(str(by))
    found = work.accounts.near(
        tenant_id, match_by, values=values_near(sought), beginnings=beginnings_near(sought), most=NEAR_MOST
    )
    values = {MatchBy.EMAIL: "email", MatchBy.USERNAME: "username", MatchBy.EXTERNAL_ID: "external_id"}
    pairs = ((account, nearness(sought, getattr(account, values[match_by]) or "")) for account in found)
    return tuple((account, how) for account, how in pairs if how)
