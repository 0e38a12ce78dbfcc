"""What a signed-in person has authorized a client to do, and what is issued under it (docs/rules.md, rule 28)."""

import hashlib
from dataclasses import dataclass
from typing import NewType

from app.domain.accounts.account import Account, AccountId
from app.domain.connections.connection import ConnectionId
from app.domain.oauth2.client import Client, ClientId
from app.domain.sessions.session import SignedIn
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant, TenantId

AuthorizationId = NewType("AuthorizationId", str)
TokenHash = NewType("TokenHash", str)

CODE_S = 60
ACCESS_TOKEN_S = 3600
REFRESH_TOKEN_S = 90 * 24 * 3600
OFFLINE_ACCESS = "offline_access"


def token_hash(token: str) -> TokenHash:
    """The key under which a code or token is stored: its own value never is."""
    return TokenHash(hashlib.sha256(token.encode("utf-8", "replace")).hexdigest())


@dataclass(frozen=True, slots=True)
class Authorization:
    """Codes, access and refresh tokens refer to one, and end with it.

    It carries what the session was opened with, and dies with the session's account, tenant, connection, policy and
    epoch. Without `offline_access` it also dies with the session.
    """

    id: AuthorizationId
    tenant_id: TenantId
    account_id: AccountId
    client_id: ClientId
    reference: str
    """Of the login. It outlives changes of the session's id, and is the `sid` of id_tokens and logout tokens."""
    method: Method
    password_epoch: int
    auth_time: float
    scopes: tuple[str, ...]
    created_at: float
    expires_at: float
    """Absolute: with `offline_access` 90 days after it was made, without it the session's own end."""
    connection_id: ConnectionId | None = None
    amr: tuple[str, ...] = ()
    acr: str | None = None
    last_used_at: float | None = None
    """When tokens were last issued under it, to within an hour; None during the first."""
    ended_at: float | None = None

    @property
    def offline(self) -> bool:
        """Whether it outlives its session."""
        return OFFLINE_ACCESS in self.scopes


def new_authorization(
    signed_in: SignedIn, client: Client, scopes: tuple[str, ...], now: float, authorization_id: AuthorizationId
) -> Authorization:
    """What this person authorizes `client` to do, born of their live session.

    The caller has asked the decision point, and has the person's consent where it is needed.
    """
    session = signed_in.session
    return Authorization(
        id=authorization_id,
        tenant_id=session.tenant_id,
        account_id=session.account_id,
        client_id=client.client_id,
        reference=session.reference,
        method=session.method,
        password_epoch=session.password_epoch,
        auth_time=session.auth_time,
        scopes=scopes,
        created_at=now,
        expires_at=now + REFRESH_TOKEN_S if OFFLINE_ACCESS in scopes else session.expires_at,
        connection_id=session.connection_id,
        amr=session.amr,
        acr=session.acr,
    )


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A code waiting to be exchanged (RFC 6749, section 4.1), bound to client, redirect URI and PKCE challenge."""

    code_hash: TokenHash
    authorization_id: AuthorizationId
    client_id: ClientId
    redirect_uri: str
    code_challenge: str
    """By S256 (RFC 7636)."""
    nonce: str | None
    expires_at: float
    used_at: float | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One of a family, that is, of an authorization. Each works once; `retried_at` is set if its answer got lost."""

    token_hash: TokenHash
    authorization_id: AuthorizationId
    issued_at: float
    expires_at: float
    used_at: float | None = None
    retried_at: float | None = None


@dataclass(frozen=True, slots=True)
class Authorized:
    """A live authorization with whom it concerns: the result of one query."""

    authorization: Authorization
    account: Account
    tenant: Tenant
    client: Client
    connection: str | None
    """The connection's name."""
