"""What a login attempt went through, step by step, so that it can explain itself (docs/reference.md, Traces)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.connections.connection import Sealed
from app.domain.errors import Detail, SsoError
from app.domain.login.login_attempt import Purpose
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant, TenantId


@dataclass(frozen=True, slots=True)
class Step:
    """One check or one request. `at` in Unix seconds; `note` never holds a secret."""

    step: str
    at: float
    took_ms: int
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """`reason` is None after a success. `correlated` is False where no login of ours stands behind the request."""

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
    """The value that no account had, for those who may see it. It is in no export: `details` have it masked."""


class NobodyFound(SsoError):
    """`no_account`, and the value that was looked for: sealed before it is kept."""

    def __init__(self, error: SsoError, value: str, **details: Detail) -> None:
        super().__init__(error.code, **{**error.details, **details})
        self.value = value


class LoginStopped(Exception):
    """What a service raises to the web rim when an attempt ended badly: the trace, already recorded.

    `tenant` is None where none is known: a page about it looks like no tenant's. `return_to` is where a login that
    works would have ended. `purpose` is what it was for, as far as that could be found out.
    """

    def __init__(
        self,
        trace: Trace,
        code: ReasonCode,
        tenant: Tenant | None = None,
        *,
        return_to: str | None = None,
        purpose: Purpose = Purpose.LOGIN,
    ) -> None:
        super().__init__(code.value)
        self.trace = trace
        self.code = code
        self.tenant = tenant
        self.return_to = return_to
        self.purpose = purpose
