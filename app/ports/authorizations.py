"""Storage for what people have authorized clients to do, and for the codes and tokens issued under it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.connections.connection import ConnectionId
from app.domain.oauth2.authorization import (
    Authorization,
    AuthorizationCode,
    AuthorizationId,
    Authorized,
    RefreshToken,
    TokenHash,
)
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import TenantId


class Authorizations(Protocol):
    """Authorizations. One that has ended stays ended.

    The methods without a tenant find by a secret's hash, or by an id that only such a secret leads to.
    """

    def add(self, authorization: Authorization) -> None: ...
    def live(self, authorization_id: AuthorizationId, *, now: float) -> Authorized | None:
        """The live authorization with this id, by one query, or None.

        Live means: not ended, not expired, with client, account, tenant and connection active, with a client of no
        other tenant, and with a method that the tenant still accepts, as for a session. Without `offline_access` its
        session must be live as well.
        """

    def of_access_token(
        self, authorization_id: AuthorizationId, *, jti: str, kid: str, now: float
    ) -> Authorized | None:
        """`live`, if also the access token `jti` has not been revoked, nor the key withdrawn that signed it."""

    def used(self, authorization_id: AuthorizationId, *, at: float) -> None: ...
    def end(self, authorization_id: AuthorizationId, *, at: float) -> bool:
        """False if there is none or it had already ended."""

    def end_of_account(
        self,
        tenant_id: TenantId,
        account_id: AccountId,
        *,
        at: float,
        client_id: ClientId | None = None,
        method: Method | None = None,
    ) -> int:
        """All of them; or those of one client, or of sessions opened with `method`. Returns how many were ended."""

    def end_of_client(self, client_id: ClientId, *, at: float) -> int: ...
    def end_of_connection(self, tenant_id: TenantId, connection_id: ConnectionId, *, at: float) -> int: ...
    def end_of_tenant(self, tenant_id: TenantId, *, at: float, method: Method | None = None) -> int:
        """All of them, or those of sessions opened with `method`."""

    def of_account(self, tenant_id: TenantId, account_id: AccountId, *, now: float) -> Sequence[Authorized]:
        """The live ones, newest first."""

    def count_live(self, tenant_id: TenantId, *, now: float, method: Method) -> int:
        """How many with `offline_access`, which would outlive their sessions."""

    def count_live_by_method(self, tenant_id: TenantId, *, now: float) -> Mapping[Method, int]:
        """The same for all methods by one query."""

    def add_code(self, code: AuthorizationCode) -> None: ...
    def of_code(
        self, code_hash: TokenHash, client: Client, *, now: float
    ) -> tuple[AuthorizationCode, Authorized] | None:
        """The code, also a used or expired one, with its authorization if that is live and this client's, by one query.

        Of several transactions that ask for it, one gets it; the others wait until that has ended, and see what it did.
        """

    def use_code(self, code_hash: TokenHash, *, at: float) -> None:
        """Only once `of_code` has shown that it is unused: then nobody else is using it."""

    def add_refresh_token(self, token: RefreshToken) -> None: ...
    def refresh_token(self, token: TokenHash) -> RefreshToken | None:
        """Also a used or expired one, for as long as it is stored."""

    def of_refresh_token(
        self, token: TokenHash, client: Client, *, now: float
    ) -> tuple[RefreshToken, Authorized] | None:
        """As `of_code`."""

    def use_refresh_token(self, token: TokenHash, *, at: float) -> None:
        """As `use_code`."""

    def retry_refresh_token(self, token: TokenHash, *, at: float) -> bool:
        """The second chance of one that has been used: True once, False if something has been done with its answer.

        Whatever was issued instead of it in the meantime counts as used and retried.
        """

    def revoke_access_token(self, jti: str, *, expires_at: float) -> None:
        """It is remembered until it would have expired."""

    def access_token_stands(self, jti: str, *, kid: str, now: float) -> bool:
        """Whether neither it has been revoked, nor the key withdrawn that signed it."""
