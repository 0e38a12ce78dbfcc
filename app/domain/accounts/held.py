"""A login that waits for the tenant's admin because the address seems to have changed hands (docs/rules.md, rule 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.connections.connection import ConnectionId
from app.domain.errors import Detail, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import TenantId

HeldLoginId = NewType("HeldLoginId", str)


class HeldDecision(StrEnum):
    """What was decided."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class HeldLogin:
    """`before` is the other side: the subject that already has the account, or the identity's earlier match value."""

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
    decision: HeldDecision = HeldDecision.OPEN
    decided_at: float | None = None
    decided_by: str | None = None


def still_held(connection_id: ConnectionId, value: str, of_subject: Sequence[HeldLogin]) -> HeldLogin | None:
    """The held login, if any, that stops this subject from signing in by this connection with this match value.

    A login that is open or refused on one connection also stops the person's logins on the tenant's other connections,
    whatever they match by: someone recreated at the provider must not get in through another connection. A person who
    was accepted for this very connection may sign in, unless this same login was held again since, which is newer.
    """
    standing = [one for one in of_subject if one.decision is not HeldDecision.ACCEPTED]
    here = [one for one in standing if one.connection_id == connection_id and one.match_value == value]
    if here or any(one.connection_id == connection_id and one.decision is HeldDecision.ACCEPTED for one in of_subject):
        return next(iter(here), None)
    return next((one for one in standing if one.connection_id != connection_id), None)


class LoginHeld(SsoError):
    """Stops the login. The held login must be stored although the rest of the login is rolled back."""

    def __init__(self, held: HeldLogin, **details: Detail) -> None:
        super().__init__(held.reason, **details)
        self.held = held
