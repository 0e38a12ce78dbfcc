"""A login that waits for the tenant's admin: the address has changed hands, or seems to (docs/rules.md, rule 2)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.connection import ConnectionId
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenant import TenantId

HeldLoginId = NewType("HeldLoginId", str)


class Decision(StrEnum):
    """What became of it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HeldLogin:
    """`before` is the other side: the subject that holds the account, or the value that the identity had."""

    id: HeldLoginId
    tenant_id: TenantId
    connection_id: ConnectionId
    issuer: str
    subject: str
    match_value: str
    reason: ReasonCode
    before: str
    reference: str
    at: float
    decision: Decision = Decision.OPEN
    decided_at: float | None = None
    decided_by: str | None = None


class LoginHeld(SsoError):
    """Stops the login; what is held has to be stored although everything else of the login is undone."""

    def __init__(self, held: HeldLogin) -> None:
        super().__init__(held.reason)
        self.held = held
