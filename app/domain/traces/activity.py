"""A tenant's logins, as its activity pages ask for them: filtered, counted, and what they say about its providers."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.accounts.account import AccountId
from app.domain.reasons import Outcome, ReasonCode
from app.domain.tenants.login_policy import Method

QUARTER_S = 900
"""Logins are counted by the quarter of an hour, the smallest difference between two time zones."""


class Ended(StrEnum):
    """How the logins to list have ended."""

    SIGNED_IN = "signed_in"
    UNSUCCESSFUL = "unsuccessful"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LoginFilter:
    """Which logins to list; None does not matter. `since` is included, `until` is not. Times in Unix seconds.

    With an outcome or a reason, these are logins only; without, also tests, checks and confirmations.
    """

    ended: Ended | None = None
    reason: ReasonCode | None = None
    method: Method | None = None
    connection: str | None = None
    account_id: AccountId | None = None
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class LoginCount:
    """How many logins ended so in the quarter of an hour that begins at `begins_at`."""

    begins_at: int
    outcome: Outcome
    logins: int


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """What the last logins through a connection say: its last success, and the first failure since."""

    connection: str
    ok_at: float | None
    failing_since: float | None


def quarter_of(at: float) -> int:
    """The beginning of its quarter of an hour."""
    return int(at // QUARTER_S) * QUARTER_S
