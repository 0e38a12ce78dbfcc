"""The second factor of a password login: a time-based one-time password (RFC 6238), and codes for when it is lost."""

from dataclasses import dataclass

from app.domain.account import AccountId
from app.domain.connection import Sealed
from app.domain.tenant import TenantId


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An account's, confirmed by a first code. `recovery` holds the SHA-256 of each code that is still unused."""

    tenant_id: TenantId
    account_id: AccountId
    secret: Sealed
    confirmed_at: float
    last_step: int
    """The newest time step that was used: a code opens once (RFC 6238, section 5.2)."""
    recovery: tuple[str, ...] = ()
