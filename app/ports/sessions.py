"""Where sessions are kept."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.accounts.identity import IdentityId
from app.domain.connections.connection import ConnectionId
from app.domain.sessions.session import Session, SessionId, SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import SessionLimits, TenantId


class Sessions(Protocol):
    """Signed-in periods. What has ended stays ended."""

    def add(self, session: Session) -> None: ...
    def live(self, session_id: SessionId, *, now: float) -> SignedIn | None:
        """Whom it stands for, by one query, or None.

        Good is: not ended, neither limit passed, tenant, account and connection active, and where it was born of a
        password, under the tenant's present password epoch and a policy that is not `sso_only`. Of its own limits and
        the tenant's present ones the shorter count, and stand in the answer.
        """

    def tenant_of(self, session_id: SessionId) -> TenantId | None:
        """Whose it is or was: of one that has ended too, for as long as it is kept."""

    def seen(self, session_id: SessionId, *, at: float) -> None: ...
    def end(self, session_id: SessionId, *, at: float) -> bool:
        """False where there is none, or it had ended already: who puts another in its place must know."""

    def end_of_account(
        self,
        tenant_id: TenantId,
        account_id: AccountId,
        *,
        at: float,
        method: Method | None = None,
        but: SessionId | None = None,
    ) -> int:
        """All of them, or those born of `method`, but for the one that is named. Returns how many were ended."""

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
        """Those of this connection with this `sid` there, this subject there, or both where both are given."""

    def end_of_tenant(self, tenant_id: TenantId, *, at: float, method: Method | None = None) -> int:
        """All of them, or those born of `method`. Returns how many were ended."""

    def end_past(self, tenant_id: TenantId, limits: SessionLimits, *, at: float) -> int:
        """Those that `limits`, until now the tenant's, have outlived: longer ones to come do not bring them back."""

    def of_account(self, tenant_id: TenantId, account_id: AccountId, *, now: float) -> Sequence[SignedIn]:
        """Those that are good, the last seen first."""

    def of_tenant(
        self, tenant_id: TenantId, *, now: float, most: int, after: tuple[str, SessionId] | None = None
    ) -> Sequence[SignedIn]:
        """At most `most` that are good, by username; `after` is username and id of the last one of the page before."""

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

        A login that is under way must then open nothing.
        """

    def logged_out_since(
        self, connection_id: ConnectionId, *, issuer: str, sid: str | None, subject: str, began_at: float
    ) -> bool:
        """Whether such a logout, at `began_at` or later, means a session of this subject under this `sid`."""
