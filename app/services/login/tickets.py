"""The chooser's ticket: a login that is complete except for the choice, sealed into the chooser's form.

In the form rather than a cookie, so that two tabs work; bound to the browser; usable once, by its own id.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import ConnectionId
from app.domain.errors import SsoError
from app.domain.login.login_attempt import CHOICE_S, AttemptId, LoginAttempt
from app.domain.reasons.codes import ReasonCode
from app.domain.sessions.session import session_id
from app.domain.text import Text
from app.domain.traces.trace import Step
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.sealed_payload import SealedPayload


@dataclass(frozen=True, slots=True)
class Ticket:
    """`browser` is a hash of the browser's cookie, `settings` the fingerprints of the connection that was checked."""

    attempt: LoginAttempt
    settings: tuple[str, ...]
    external: ExternalIdentity
    accounts: tuple[AccountId, ...]
    browser: str
    issued_at: float
    steps: tuple[Step, ...]

    @property
    def id(self) -> AttemptId:
        """The id by which the ticket is consumed; the attempt itself has been claimed already."""
        return AttemptId(hashlib.sha256(f"choice:{self.attempt.id}".encode()).hexdigest()[:32])

    @property
    def expires_at(self) -> float:
        return self.issued_at + CHOICE_S

    @property
    def connection_id(self) -> ConnectionId:
        return self.attempt.connection_id


TICKET = SealedPayload(Ticket, "choice-ticket-6")


@dataclass(frozen=True, slots=True)
class TicketService:
    """Issues and opens tickets."""

    sealer: Sealer
    clock: Clock

    def issue(
        self,
        attempt: LoginAttempt,
        external: ExternalIdentity,
        accounts: Sequence[Account],
        *,
        settings: tuple[str, ...],
        browser: str,
        steps: Sequence[Step],
    ) -> str:
        """Sealed text for a form field."""
        ticket = Ticket(
            attempt=replace(attempt, proof_secret=""),  # the access token is no longer needed
            settings=settings,
            external=external,
            accounts=tuple(account.id for account in accounts),
            browser=session_id(browser),
            issued_at=self.clock.now(),
            steps=tuple(steps),
        )
        return TICKET.seal(ticket, self.sealer)

    def open(self, sealed: str, *, browser: str) -> Ticket:
        """Raises SsoError if it is not ours or another browser's. The caller checks its age."""
        try:
            ticket = TICKET.open(sealed, self.sealer)
        except SealBroken as error:
            raise SsoError(ReasonCode.CHOICE_REFUSED, error=Text("the ticket was not issued by this bridge")) from error
        if ticket.browser != session_id(browser):
            raise SsoError(ReasonCode.CHOICE_REFUSED, error=Text("the ticket belongs to another browser"))
        return ticket
