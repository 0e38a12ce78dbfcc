"""A login that waits for the tenant's admin: the address has changed hands, or seems to (docs/rules.md, rule 2)."""

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
    decision: HeldDecision = HeldDecision.OPEN
    decided_at: float | None = None
    decided_by: str | None = None


def still_held(connection_id: ConnectionId, value: str, of_subject: Sequence[HeldLogin]) -> HeldLogin | None:
    """Of a tenant's held logins of one subject, one that stops a login by this connection with this match value.

    What waits, or was refused, on one connection does so on the others, by whatever they match: a person made anew at
    the provider does not walk in through the next one. Whoever was accepted for this very connection goes on, unless
    this very login was held again since: what waits or was refused here is newer than what was accepted.
    """
    standing = [one for one in of_subject if one.decision is not HeldDecision.ACCEPTED]
    here = [one for one in standing if one.connection_id == connection_id and one.match_value == value]
    if here or any(one.connection_id == connection_id and one.decision is HeldDecision.ACCEPTED for one in of_subject):
        return next(iter(here), None)
    return next((one for one in standing if one.connection_id != connection_id), None)


class LoginHeld(SsoError):
    """Stops the login; what is held has to be stored although everything else of the login is undone."""

    def __init__(self, held: HeldLogin, **details: Detail) -> None:
        super().__init__(held.reason, **details)
        self.held = held
