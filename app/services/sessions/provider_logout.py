"""Logouts initiated by the provider: OpenID Connect Back-Channel Logout 1.0 and Front-Channel Logout 1.0."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.connections.connection import Connection, ConnectionId
from app.domain.errors import NotFound, SsoError
from app.domain.login.login_attempt import CHOICE_S, LIFETIME_S, AttemptId
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Status
from app.domain.traces.trace import CHANNEL
from app.ports.provider_client import ProviderClient
from app.ports.repositories import Database
from app.ports.system import Clock
from app.services.traces.traces import TraceService

PROVIDER_TIME_S = 10.0
DAY_S = 86_400
REPLAY_MARGIN_S = 300
"""How much longer than the token's validity its `jti` is remembered: more than any leeway."""
UNDER_WAY_S = LIFETIME_S + CHOICE_S
"""How long a login may take, account chooser included: a logout is remembered for that long."""


@dataclass(frozen=True, slots=True)
class ProviderLogoutService:
    """Ends sessions of one connection only, whatever the token or the URL says.

    A refused request raises LoginStopped; its trace is rate-limited, because anyone can cause it. Raises NotFound.
    """

    database: Database
    provider_client: ProviderClient
    traces: TraceService
    clock: Clock

    def back_channel(self, connection_id: ConnectionId, logout_token: str | None) -> int:
        """How many sessions ended. A token counts once; `logout_token` is None if the form held none, or several."""
        with self._traced(connection_id, "back-channel") as connection:
            if logout_token is None:
                raise SsoError(ReasonCode.CLAIM_MISSING, claim="logout_token")
            deadline = self.clock.monotonic() + PROVIDER_TIME_S
            notice = self.provider_client.verify_logout_token(connection, logout_token, deadline=deadline)
            issuer, sid, subject, now = notice.issuer, notice.sid, notice.subject, self.clock.now()
            with self.database.write() as work:
                # A session that is just being opened or replaced either exists afterwards, or never will.
                work.tenants.lock(connection.tenant_id)
                once = work.attempts.consume(
                    _replay_id(connection_id, notice.jti), expires_at=notice.expires_at + REPLAY_MARGIN_S
                )
                if not once:
                    raise SsoError(ReasonCode.ATTEMPT_USED, what="logout token")
                if connection.backchannel_at is None or now - connection.backchannel_at > DAY_S:
                    work.connections.mark_backchannel(connection, at=now)
                work.sessions.remember_logout(
                    connection.id, issuer=issuer, sid=sid, subject=subject, at=now, expires_at=now + UNDER_WAY_S
                )
                return work.sessions.end_at_provider(
                    connection.tenant_id, connection.id, issuer=issuer, sid=sid, subject=subject, at=now
                )

    def front_channel(self, connection_id: ConnectionId, *, issuer: str | None, sid: str | None) -> Connection:
        """Issuer and sid must both match (section 2): anyone can open this URL, but only the provider knows both.

        For the same reason it is not remembered.
        """
        with self._traced(connection_id, "front-channel") as connection:
            if not issuer or not sid:
                raise SsoError(ReasonCode.LOGOUT_UNIDENTIFIED)
            expected = connection.provider.issuer
            if issuer != expected:
                raise SsoError(ReasonCode.RESPONSE_ISSUER_MISMATCH, expected=expected, received=issuer[:300])
            with self.database.write() as work:
                work.tenants.lock(connection.tenant_id)
                work.sessions.end_at_provider(
                    connection.tenant_id, connection.id, issuer=issuer, sid=sid, subject=None, at=self.clock.now()
                )
        return connection

    @contextmanager
    def _traced(self, connection_id: ConnectionId, channel: str) -> Iterator[Connection]:
        with self.database.read() as work:
            found = work.connections.with_tenant(connection_id)
        if found is None or found[0].status is not Status.ACTIVE or found[1].status is not Status.ACTIVE:
            raise NotFound("connection", connection_id)
        connection, tenant = found
        with self.traces.attempt(Method.SSO, tenant, connection, correlated=False) as log:
            log.facts[CHANNEL] = channel
            log.begin("logout")
            yield connection


def _replay_id(connection_id: ConnectionId, jti: str) -> AttemptId:
    """In the same table as consumed login attempts: both are ids that may be used once."""
    return AttemptId(hashlib.sha256(f"logout:{connection_id}:{jti}".encode()).hexdigest()[:32])
