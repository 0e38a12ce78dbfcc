"""A password login that waits for its code, sealed into the form of the next page: nothing is written before it ends.

Like the chooser's ticket: not a cookie of its own, so that two tabs work; bound to the browser; good once.
"""

import json
from dataclasses import asdict, dataclass, field

from app.domain.accounts.account import Account, AccountId
from app.domain.errors import SsoError
from app.domain.login.login_attempt import AttemptId, attempt_id
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import session_id
from app.domain.tenants.tenant import Tenant, TenantId
from app.domain.traces.trace import Step
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock, Randomness

PURPOSE = "half-login-3"
"""One with other fields needs another name, as with attempts."""
LIFETIME_S = 300


@dataclass(frozen=True, slots=True)
class PendingMfa:
    """What the password has shown, to be compared again when the code comes.

    `browser` is a hash of the browser's own cookie, `password` one of the stored hash that the password fitted.
    """

    id: AttemptId
    tenant_id: TenantId
    account_id: AccountId
    username: str
    password_epoch: int
    password: str = field(repr=False)
    browser: str
    return_to: str
    reference: str
    client_ip: str
    device: str
    """What the password was counted under, where the browser was known (services/throttling/devices)."""
    started_at: float
    steps: tuple[Step, ...]
    secret: str | None = field(default=None, repr=False)
    """Of a second factor that is being set up; None where the account has one."""

    @property
    def expires_at(self) -> float:
        return self.started_at + LIFETIME_S


@dataclass(frozen=True, slots=True)
class HalfLogins:
    """Seals and opens them."""

    sealer: Sealer
    clock: Clock
    randomness: Randomness

    def seal(
        self,
        tenant: Tenant,
        account: Account,
        *,
        password: str,
        browser: str,
        return_to: str,
        reference: str,
        client_ip: str,
        device: str,
        steps: tuple[Step, ...],
        secret: str | None,
    ) -> str:
        """Sealed text for a form field."""
        pending = PendingMfa(
            id=attempt_id(self.randomness.token()),
            tenant_id=tenant.id,
            account_id=account.id,
            username=account.username,
            password_epoch=tenant.password_epoch,
            password=password,
            browser=session_id(browser),
            return_to=return_to,
            reference=reference,
            client_ip=client_ip,
            device=device,
            started_at=self.clock.now(),
            steps=steps,
            secret=secret,
        )
        return self.sealer.seal(json.dumps(asdict(pending)).encode(), purpose=PURPOSE)

    def open(self, sealed: str, tenant: Tenant, *, browser: str) -> PendingMfa:
        """Raises SsoError where it is not ours, another browser's or another tenant's. How old: `require_fresh`."""
        try:
            fields = json.loads(self.sealer.open(sealed, purpose=PURPOSE))
        except SealBroken as error:
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN) from error
        pending = PendingMfa(**{**fields, "steps": tuple(Step(**step) for step in fields["steps"])})
        if pending.browser != session_id(browser) or pending.tenant_id != tenant.id:
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN)
        return pending

    def require_fresh(self, pending: PendingMfa) -> None:
        """Raises SsoError where it is too old."""
        if self.clock.now() >= pending.expires_at:
            raise SsoError(ReasonCode.ATTEMPT_EXPIRED)
