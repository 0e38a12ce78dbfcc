"""Storage for sessions."""

from collections.abc import Collection, Sequence
from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.accounts.identity import IdentityId
from app.domain.connections.connection import ConnectionId
from app.domain.sessions.session import Session, SessionId, SessionSummary, SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import SessionLimits, TenantId


class Sessions(Protocol):
    """Sessions. One that has ended stays ended.

    Whatever ends a session also queues a logout for each app that was authorized in it (ports/app_logouts).
    """

    def add(self, session: Session) -> None: ...
    def live(self, session_id: SessionId, *, now: float) -> SignedIn | None:
        """The live session with this id and its account, by one query, or None.

        Live means: not ended, within both limits, with tenant, account and connection active; and, if opened with a
        password, with the tenant's present password epoch and a policy other than `sso_only`. Each limit is the shorter
        of the session's own and the tenant's present one, and the answer holds that one.
        """

    def summary(self, session_id: SessionId, *, now: float) -> SessionSummary | None:
        """What apps are told of `live`, under the same conditions, for half the cost."""

    def live_once_held(self, tenant_id: TenantId, session_id: SessionId, *, now: float) -> bool:
        """Whether it is live, once its tenant is held (`Tenants.hold`), in one round trip."""

    def tenant_of(self, session_id: SessionId) -> TenantId | None:
        """Its tenant, also for a session that has ended, for as long as it is stored."""

    def seen(self, session_ids: Collection[SessionId], *, at: float) -> None:
        """Those that have neither ended nor been seen since. One that is held by another transaction is left out."""

    def end(self, session_id: SessionId, *, at: float, goes_on: bool = False) -> bool:
        """False if there is none or it had already ended: code that replaces a session must know.

        With `goes_on` only its id ends: the caller adds it under a new one.
        """

    def end_of_account(
        self,
        tenant_id: TenantId,
        account_id: AccountId,
        *,
        at: float,
        method: Method | None = None,
        but: SessionId | None = None,
    ) -> int:
        """All of them, or those opened with `method`, except the one named. Returns how many were ended."""

    def end_of_connection(self, tenant_id: TenantId, connection_id: ConnectionId, *, at: float) -> int: ...
    def end_of_identity(self, tenant_id: TenantId, identity_id: IdentityId, *, at: float) -> int: ...
    def end_at_provider(
        self,
        tenant_id: TenantId,
        connection_id: ConnectionId,
        *,
        issuer: str,
        sid: str | None,
        subject: str | None,
        at: float,
    ) -> int:
        """This connection's sessions with this provider `sid`, this subject, or both if both are given."""

    def end_of_tenant(self, tenant_id: TenantId, *, at: float, method: Method | None = None) -> int:
        """All of them, or those opened with `method`. Returns how many were ended."""

    def end_past(self, tenant_id: TenantId, limits: SessionLimits, *, at: float) -> int:
        """Those that have outlived `limits`, the tenant's until now: later, longer limits must not revive them."""

    def of_account(self, tenant_id: TenantId, account_id: AccountId, *, now: float) -> Sequence[SignedIn]:
        """The live ones, most recently seen first."""

    def of_tenant(
        self, tenant_id: TenantId, *, now: float, most: int, after: tuple[str, SessionId] | None = None
    ) -> Sequence[SignedIn]:
        """At most `most` live ones, by username; `after` is username and id of the last one on the previous page."""

    def count_live(self, tenant_id: TenantId, *, now: float, method: Method) -> int: ...

    def remember_logout(
        self,
        connection_id: ConnectionId,
        *,
        issuer: str,
        sid: str | None,
        subject: str | None,
        at: float,
        expires_at: float,
    ) -> None:
        """Its provider has signed out this `sid`, all sessions of this subject, or that one of theirs.

        A login that is under way must then open nothing (`Identities.standing`).
        """
