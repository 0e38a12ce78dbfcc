"""Login attempts: sealed on the way out, opened on the way back, usable once (docs/rules.md, rule 7)."""

from dataclasses import dataclass

from app.domain.connections.connection import Connection, ConnectionId
from app.domain.errors import NotFound, SsoError, StoreUnavailable
from app.domain.login.login_attempt import AttemptId, LoginAttempt, attempt_id
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from app.domain.traces.trace import LoginStopped
from app.ports.repositories import Database
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock
from app.services.sealed_payload import SealedPayload, require_fresh
from app.services.traces.traces import TraceLog, TraceService

ATTEMPT = SealedPayload(LoginAttempt, "login-attempt-5")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of a provider: through which connection, and to which attempt, if it is the first to one of ours."""

    connection: Connection
    tenant: Tenant
    attempt: LoginAttempt | SsoError
    """Or why there is none."""
    return_to: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptService:
    """Seals, opens and claims attempts. Nothing is written before the browser comes back from the provider."""

    database: Database
    sealer: Sealer
    clock: Clock
    traces: TraceService

    def seal(self, attempt: LoginAttempt) -> str:
        """The text for a cookie named after the attempt."""
        return ATTEMPT.seal(attempt, self.sealer)

    def answered(self, connection_id: ConnectionId, *, state: str | None, sealed: str | None) -> Answered:
        """From now on every other callback of this attempt is refused, however this one ends.

        Claimed before any request to the provider: a code works only once, and only if the store can be written to.
        Raises NotFound if there is no such connection, LoginStopped if the store is unavailable.
        """
        try:
            attempt = self._open(connection_id, state, sealed)
        except SsoError as error:
            with self.database.read() as work:
                found = work.connections.with_tenant(connection_id)
            return Answered(*_known(found, connection_id), attempt=error)
        try:
            with self.database.write_once() as work:
                found, first = work.logins.claim(attempt)
        except StoreUnavailable as error:
            raise self._not_claimed(attempt, error) from error
        answer = attempt if first else SsoError(ReasonCode.ATTEMPT_USED)
        return Answered(*_known(found, connection_id), attempt=answer, return_to=attempt.return_to)

    def _not_claimed(self, attempt: LoginAttempt, error: StoreUnavailable) -> LoginStopped:
        """Under the attempt's own reference, which a reload will have: it may well finish the login."""
        log = TraceLog(self.clock, attempt.reference, Method.SSO, rate_limited=True)
        log.purpose, log.return_to = attempt.purpose, attempt.return_to
        log.begin("attempt")
        return self.traces.stopped(log, error.code, error.details)

    def _open(self, connection_id: ConnectionId, state: str | None, sealed: str | None) -> LoginAttempt:
        """The attempt with this state, if it is ours, of this connection and not too old. Raises SsoError."""
        if not state:
            raise SsoError(ReasonCode.STATE_MISSING)
        try:
            attempt = ATTEMPT.open(sealed or "", self.sealer)
        except SealBroken as error:
            self.require_unused(attempt_id(state))  # its cookie was removed when it was answered
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN) from error
        if attempt.state != state or attempt.connection_id != connection_id:
            raise SsoError(ReasonCode.ATTEMPT_UNKNOWN)
        require_fresh(attempt, now=self.clock.now())
        return attempt

    def require_unused(self, wanted: AttemptId) -> None:
        """Checked early, under a new reference: a replay must not be shown the trace of the login it replays."""
        with self.database.read() as work:
            if work.attempts.consumed(wanted):
                raise SsoError(ReasonCode.ATTEMPT_USED)


def _known(found: tuple[Connection, Tenant] | None, connection_id: ConnectionId) -> tuple[Connection, Tenant]:
    if found is None:
        raise NotFound("connection", connection_id)
    return found
