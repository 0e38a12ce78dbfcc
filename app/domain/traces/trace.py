"""The steps of a login attempt, recorded so that it can explain itself (docs/reference.md, Traces)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.accounts.account import AccountId
from app.domain.connections.connection import Sealed
from app.domain.errors import Detail, SsoError
from app.domain.login.login_attempt import Purpose
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant, TenantId


@dataclass(frozen=True, slots=True)
class Step:
    """One check or request. `at` in Unix seconds; `note` never holds a secret."""

    step: str
    at: float
    took_ms: int
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """`reason` is None after a success. `correlated` is False if the request belongs to no login attempt of ours."""

    reference: str
    at: float
    tenant_id: TenantId | None
    tenant: str | None
    connection: str | None
    method: Method
    reason: ReasonCode | None
    details: Mapping[str, Detail] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    correlated: bool = True
    sought: Sealed | None = None
    """The value that no account has, for staff who may see it. Never exported: `details` hold it masked."""
    account_id: AccountId | None = None
    """Whose login it was, as far as known: the account of a typed username, or the one that was matched or chosen."""

    @property
    def purpose(self) -> Purpose:
        """What the attempt was for."""
        return Purpose(str(self.details.get("purpose", Purpose.LOGIN.value)))


CHANNEL = "channel"
"""The detail of a provider's logout, which is no login: the channel that it came by."""


class NobodyFound(SsoError):
    """`no_account`, with the value that was looked for. It is sealed before it is stored."""

    def __init__(self, error: SsoError, value: str, **details: Detail) -> None:
        super().__init__(error.code, **{**error.details, **details})
        self.value = value


class LoginStopped(Exception):
    """Raised by services to the web layer when an attempt fails; carries the trace, already recorded.

    `tenant` is None if unknown: the error page then carries no tenant's name or colour. `return_to` is where the login
    would have led. `purpose` is what the attempt was for, as far as known. `claims` is what a test had received.
    """

    def __init__(
        self,
        trace: Trace,
        code: ReasonCode,
        tenant: Tenant | None = None,
        *,
        return_to: str | None = None,
        purpose: Purpose = Purpose.LOGIN,
        claims: ReceivedClaims | None = None,
    ) -> None:
        super().__init__(code.value)
        self.trace = trace
        self.code = code
        self.tenant = tenant
        self.return_to = return_to
        self.purpose = purpose
        self.claims = claims
