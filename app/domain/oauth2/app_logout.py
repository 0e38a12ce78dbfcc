"""Telling an app that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""

from dataclasses import dataclass
from typing import NewType

from app.domain.accounts.account import AccountId
from app.domain.oauth2.client import ClientId
from app.domain.tenants.tenant import TenantId

AppLogoutId = NewType("AppLogoutId", str)

WAITS_S = (5, 15, 60, 300, 900, 3600)
"""Waits after each failed try; the last one repeats."""
GIVE_UP_S = 86_400
"""Counted from the end of the session."""
KEPT_S = 7 * 86_400
"""How long one that was given up is kept, so that operations see it."""


@dataclass(frozen=True, slots=True)
class AppLogout:
    """One that an app has yet to accept; an accepted one is removed. `reference` is the login's."""

    id: AppLogoutId
    client_id: ClientId
    tenant_id: TenantId
    account_id: AccountId
    reference: str
    made_at: float
    next_at: float | None
    """The earliest time of the next try; during a try, when another worker may take over. None: given up."""
    attempts: int = 0
    error: str | None = None
    """What went wrong at the last try."""


@dataclass(frozen=True, slots=True)
class AppLogoutBacklog:
    """How many there are."""

    waiting: int
    given_up: int


def next_try_at(logout: AppLogout, *, now: float) -> float | None:
    """After a failed try; None to give up."""
    if now >= logout.made_at + GIVE_UP_S:
        return None
    return now + WAITS_S[min(logout.attempts, len(WAITS_S)) - 1]
