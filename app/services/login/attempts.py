"""Login attempts on their way: sealed on the way out, opened on the way back, good once (docs/rules.md, rule 7)."""

from dataclasses import dataclass

from app.domain.connections.connection import Connection
from app.domain.errors import SsoError
from app.domain.login.login_attempt import AttemptId, LoginAttempt, attempt_id
from app.domain.reasons.codes import ReasonCode
from app.ports.repositories import Database
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.sealed_payload import SealedPayload, require_fresh

ATTEMPT = SealedPayload(LoginAttempt, "login-attempt-4")


@dataclass(frozen=True, slots=True)
class AttemptService:
    """Seals, opens and claims them. Nothing is written before somebody comes back from the provider."""

    database: Database
    sealer: Sealer
    clock: Clock

    def seal(self, attempt: LoginAttempt) -> str:
        """For a cookie named after it."""
        return ATTEMPT.seal(attempt, self.sealer)

    def open(self, state: str | None, sealed: str | None, connection: Connection) -> LoginAttempt:
        """The one of this state, where it is ours, of this connection and not too old. Raises SsoError."""
        if not state:
            raise SsoError(ReasonCode.STATE_MISSING)
        try:
            attempt = ATTEMPT.open(sealed or "", self.sealer)
        except SealBroken as error:
            self.require_unused(attempt_id(state))  # its cookie went when it was answered
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN) from error
        if attempt.state != state or attempt.connection_id != connection.id:
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN)
        require_fresh(attempt, now=self.clock.now())
        return attempt

    def claim(self, attempt: LoginAttempt) -> None:
        """From here on no other callback of this attempt gets anywhere, whatever becomes of this one. Raises SsoError.

        Before the provider is asked anything: a code is spent once, and only where the store can be written to.
        """
        with self.database.write() as work:
            if not work.attempts.consume(attempt.id, expires_at=attempt.expires_at):
                raise SsoError(ReasonCode.ATTEMPT_USED)

    def require_unused(self, wanted: AttemptId) -> None:
        """Early, under a reference of its own: a replay must not be shown the trace of what it replays."""
        with self.database.read() as work:
            if work.attempts.consumed(wanted):
                raise SsoError(ReasonCode.ATTEMPT_USED)
