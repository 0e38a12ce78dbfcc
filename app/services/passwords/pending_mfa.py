"""A password login that waits for its code, sealed into the form of the next page: nothing is written before it ends.

Like the chooser's ticket: not a cookie of its own, so that two tabs work; bound to the browser; good once.
"""

from dataclasses import dataclass, field

from app.domain.accounts.account import AccountId
from app.domain.errors import SsoError
from app.domain.login.login_attempt import AttemptId
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import session_id
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.traces.trace import Step
from app.ports.sealing import SealBroken, Sealer
from app.services.passwords.guesses import Guess
from app.services.sealed_payload import SealedPayload

LIFETIME_S = 300


@dataclass(frozen=True, slots=True)
class VerifiedPassword:
    """What a right password has shown, and of when: compared again in the transaction that opens the session."""

    tenant_id: TenantId
    password_epoch: int
    account_id: AccountId
    fingerprint: str = field(repr=False)
    """Of the stored hash that the password fitted."""


@dataclass(frozen=True, slots=True)
class PendingMfa:
    """`browser` is a hash of the browser's own cookie, `guess` what the password was counted as."""

    id: AttemptId
    verified: VerifiedPassword
    guess: Guess
    username: str
    browser: str
    return_to: str
    reference: str
    started_at: float
    steps: tuple[Step, ...]
    secret: str | None = field(default=None, repr=False)
    """Of a second factor that is being set up; None where the account has one."""

    @property
    def expires_at(self) -> float:
        return self.started_at + LIFETIME_S


PENDING_MFA = SealedPayload(PendingMfa, "pending-mfa-1")


def open_pending_mfa(sealed: str, tenant: Tenant, *, browser: str, sealer: Sealer) -> PendingMfa:
    """Raises SsoError where it is not ours, another browser's or another tenant's. How old it is, the caller asks."""
    try:
        pending = PENDING_MFA.open(sealed, sealer)
    except SealBroken as error:
        raise SsoError(ReasonCode.ATTEMPT_UNKNOWN) from error
    if pending.browser != session_id(browser) or pending.verified.tenant_id != tenant.id:
        raise SsoError(ReasonCode.ATTEMPT_UNKNOWN)
    return pending
