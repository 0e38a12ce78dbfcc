"""Login attempts: sealed on the way out, opened on the way back, usable once (docs/rules.md, rule 7)."""

from dataclasses import dataclass

from app.domain.connections.connection import Connection
from app.domain.errors import SsoError
from app.domain.login.login_attempt import AttemptId, LoginAttempt, attempt_id
from app.domain.reasons.codes import ReasonCode
from app.ports.repositories import Database
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.sealed_payload import SealedPayload, require_fresh

ATTEMPT = SealedPayload(LoginAttempt, "login-attempt-5")


@dataclass(frozen=True, slots=True)
class AttemptService:
    """Seals, opens and claims attempts. Nothing is written before the browser comes back from the provider."""

    database: Database
    sealer: Sealer
    clock: Clock

    def seal(self, attempt: LoginAttempt) -> str:
        """The text for a cookie named after the attempt."""
        return ATTEMPT.seal(attempt, self.sealer)

    def open(self, state: str | None, sealed: str | None, connection: Connection) -> LoginAttempt:
        """The attempt with this state, if it is ours, of this connection and not too old. Raises SsoError."""
        if not state:
            raise SsoError(ReasonCode.STATE_MISSING)
        try:
            attempt = ATTEMPT.open(sealed or "", self.sealer)
        except SealBroken as error:
            self.require_unused(attempt_id(state))  # its cookie was removed when it was answered
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN) from error
        if attempt.state != state or attempt.connection_id != connection.id:
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN)
        require_fresh(attempt, now=self.clock.now())
        return attempt

    def claim(self, attempt: LoginAttempt) -> None:
        """From now on every other callback of this attempt is refused, however this one ends. Raises SsoError.

        Called before any request to the provider: a code works only once, and only if the store can be written to.
        """
        with self.database.write_once() as work:
            if not work.attempts.consume(attempt.id, expires_at=attempt.expires_at):
                raise SsoError(ReasonCode.ATTEMPT_USED)

    def require_unused(self, wanted: AttemptId) -> None:
        """Checked early, under a new reference: a replay must not be shown the trace of the login it replays."""
        with self.database.read() as work:
            if work.attempts.consumed(wanted):
                raise SsoError(ReasonCode.ATTEMPT_USED)
