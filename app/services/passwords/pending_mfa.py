"""A password login that waits for its code, sealed into the next page's form: nothing is written before it completes.

Like the chooser's ticket, in the form rather than a cookie, so that two tabs work; bound to the browser; usable once.
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
    """What the right password has established, compared again in the transaction that opens the session."""

    tenant_id: TenantId
    password_epoch: int
    account_id: AccountId
    fingerprint: str = field(repr=False)
    """The fingerprint of the stored hash that the password matched."""


@dataclass(frozen=True, slots=True)
class PendingMfa:
    """`browser` is a hash of the browser's cookie, `guess` how the password was counted."""

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
    """The secret of a second factor that is being set up; None if the account has one."""

    @property
    def expires_at(self) -> float:
        return self.started_at + LIFETIME_S


PENDING_MFA = SealedPayload(PendingMfa, "pending-mfa-1")


def open_pending_mfa(sealed: str, tenant: Tenant, *, browser: str, sealer: Sealer) -> PendingMfa:
    """Raises SsoError if it is not ours, another browser's or another tenant's. The caller checks its age."""
    try:
        pending = PENDING_MFA.open(sealed, sealer)
    except SealBroken as error:
        raise SsoError(ReasonCode.ATTEMPT_UNKNOWN) from error
    if pending.browser != session_id(browser) or pending.verified.tenant_id != tenant.id:
        raise SsoError(ReasonCode.ATTEMPT_UNKNOWN)
    return pending
