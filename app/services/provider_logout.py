"""Logouts that the provider asks for: OpenID Connect Back-Channel Logout 1.0 and Front-Channel Logout 1.0."""

import hashlib
from dataclasses import dataclass

from app.domain.connection import Connection, ConnectionId
from app.domain.errors import NotFound, SsoError
from app.domain.login_attempt import AttemptId
from app.domain.reasons.codes import ReasonCode
from app.domain.tenant import Status
from app.ports.connector import Connector
from app.ports.repositories import Database
from app.ports.system import Clock

PROVIDER_TIME_S = 10.0
DAY_S = 86_400
REPLAY_MARGIN_S = 300
"""How much longer than the token is good for its `jti` is remembered: more than any leeway."""


@dataclass(frozen=True, slots=True)
class ProviderLogoutService:
    """Ends sessions of one connection only, whatever the token or the address says."""

    database: Database
    connector: Connector
    clock: Clock

    def back_channel(self, connection_id: ConnectionId, logout_token: str) -> int:
        """How many sessions ended. Raises SsoError for a token that is not good, or comes again; NotFound."""
        connection = self._connection(connection_id)
        deadline = self.clock.monotonic() + PROVIDER_TIME_S
        notice = self.connector.verify_logout_token(connection, logout_token, deadline=deadline)
        with self.database.write() as work:
            # A session that is being opened or changed at this moment is there afterwards, or never comes about.
            work.tenants.lock(connection.tenant_id)
            once = work.attempts.burn(
                _replay_id(connection_id, notice.jti), expires_at=notice.expires_at + REPLAY_MARGIN_S
            )
            if not once:
                raise SsoError(ReasonCode.ATTEMPT_USED)
            if connection.backchannel_at is None or self.clock.now() - connection.backchannel_at > DAY_S:
                work.connections.mark_backchannel(connection, at=self.clock.now())
            return work.sessions.end_at_provider(
                connection.tenant_id,
                connection.id,
                issuer=notice.issuer,
                sid=notice.sid,
                subject=notice.subject,
                at=self.clock.now(),
            )

    def front_channel(self, connection_id: ConnectionId, *, issuer: str | None, sid: str | None) -> Connection:
        """Issuer and sid must both fit (section 2): an address that anybody can open must name what only they know."""
        connection = self._connection(connection_id)
        if not issuer or not sid or issuer != connection.identity_issuer:
            raise SsoError(
                ReasonCode.RESPONSE_ISSUER_MISMATCH, expected=connection.identity_issuer, received=(issuer or "")[:300]
            )
        with self.database.write() as work:
            work.tenants.lock(connection.tenant_id)
            work.sessions.end_at_provider(
                connection.tenant_id, connection.id, issuer=issuer, sid=sid, subject=None, at=self.clock.now()
            )
        return connection

    def _connection(self, connection_id: ConnectionId) -> Connection:
        with self.database.read() as work:
            found = work.connections.with_tenant(connection_id)
        if found is None or found[0].status is not Status.ACTIVE or found[1].status is not Status.ACTIVE:
            raise NotFound("connection", connection_id)
        return found[0]


def _replay_id(connection_id: ConnectionId, jti: str) -> AttemptId:
    """In the same table as burned login attempts: both are ids that count once."""
    return AttemptId(hashlib.sha256(f"logout:{connection_id}:{jti}".encode()).hexdigest()[:32])
