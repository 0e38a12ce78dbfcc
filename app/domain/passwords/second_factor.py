"""The second factor of a password login: a time-based one-time password (RFC 6238), with recovery codes."""

import hashlib
from dataclasses import dataclass, replace

from app.domain.accounts.account import AccountId, ascii_lower
from app.domain.connections.connection import Sealed
from app.domain.tenants.tenant import TenantId

RECOVERY_CODES = 10
RECOVERY_CHARACTERS = 24
"""In base32: 120 bits, enough to be stored under a fast hash (ASVS 5.0, 6.5.2)."""
GROUP = 4


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An account's second factor, confirmed by a first code. `recovery` holds the SHA-256 of each unused code."""

    tenant_id: TenantId
    account_id: AccountId
    secret: Sealed
    confirmed_at: float
    last_step: int
    """The newest time step that was used: each code works once (RFC 6238, section 5.2)."""
    recovery: tuple[str, ...] = ()

    def after_recovery(self, code: str) -> "SecondFactor | None":
        """The factor without this recovery code; None if the code is not one of them."""
        used = recovery_hash(code)
        if used not in self.recovery:
            return None
        return replace(self, recovery=tuple(kept for kept in self.recovery if kept != used))


def plain_code(typed: str) -> str:
    """A typed or pasted code, without the spaces and hyphens that people and apps add."""
    return "".join(character for character in typed if character.isalnum())


def recovery_hash(code: str) -> str:
    """The stored form of a recovery code. The codes are long and random, so a slow hash is not needed."""
    return hashlib.sha256(ascii_lower(plain_code(code)).encode("utf-8", "replace")).hexdigest()


def in_groups(text: str, between: str = " ") -> str:
    """Grouped for reading: `KDLU Y6FU …`."""
    return between.join(text[start : start + GROUP] for start in range(0, len(text), GROUP))
