"""A session of a signed-in person."""

import hashlib
from dataclasses import dataclass, replace
from typing import NewType

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.identity import IdentityId
from app.domain.connections.connection import ConnectionId, Sealed
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import SessionLimits, Tenant, TenantId

SessionId = NewType("SessionId", str)

FRESH_S = 600
SEEN_EVERY_S = 60
"""`last_seen_at` is written at most this often, so that a busy session does not cause a write per request."""


def session_id(token: str) -> SessionId:
    """The id by which the session of this token is stored: the cookie's own value never is."""
    return SessionId(hashlib.sha256(token.encode("utf-8", "replace")).hexdigest())


def unseen(last_seen_at: float, *, now: float) -> bool:
    """Whether it is due to be written."""
    return now - last_seen_at >= SEEN_EVERY_S


@dataclass(frozen=True, slots=True)
class Session:
    """`password_epoch` is the tenant's when the login began: a switch in between makes the session invalid at once."""

    id: SessionId
    tenant_id: TenantId
    account_id: AccountId
    method: Method
    reference: str
    auth_time: float
    created_at: float
    last_seen_at: float
    idle_s: int
    expires_at: float
    """The absolute limit."""
    password_epoch: int
    connection_id: ConnectionId | None = None
    identity_id: IdentityId | None = None
    provider_sid: str | None = None
    id_token: Sealed | None = None
    end_session_endpoint: str | None = None
    amr: tuple[str, ...] = ()
    acr: str | None = None
    """The provider's authentication context class (OpenID Connect Core, section 2)."""
    device: str = ""
    """The browser that it was opened with, for its owner to recognise (domain/sessions/device.py)."""

    def within(self, limits: SessionLimits) -> "Session":
        """The same session under its tenant's present limits; only shorter ones apply to a session that is open."""
        idle_s = min(self.idle_s, limits.idle_s)
        expires_at = min(self.expires_at, self.created_at + limits.absolute_s)
        if idle_s == self.idle_s and expires_at == self.expires_at:  # as a rule; a copy would cost more than this check
            return self
        return replace(self, idle_s=idle_s, expires_at=expires_at)

    def fresh(self, now: float) -> bool:
        """Whether the person has authenticated recently enough for an action that cannot simply be undone.

        A provider that does not report when someone authenticated may not have asked them at all: its sessions start at
        their own `auth_time`, and count as fresh only if the provider was asked for a fresh authentication.
        """
        shown = self.method is Method.PASSWORD or self.auth_time != self.created_at
        return shown and now < self.auth_time + FRESH_S


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """What apps are told about a live session: the result of one narrow query, which every request of theirs pays."""

    id: SessionId
    reference: str
    method: Method
    auth_time: float
    last_seen_at: float
    expires_at: float
    """When it ends if nobody clicks: the earlier of both limits."""
    account_id: AccountId
    username: str
    email: str | None
    name: str
    roles: tuple[str, ...]
    tenant: str
    """The slug."""
    connection: str | None
    """The connection's name."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session with its account, tenant and connection: the result of one query."""

    session: Session
    account: Account
    tenant: Tenant
    connection: str | None
    """The connection's name."""
