"""Storage for identities."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from app.domain.accounts.account import AccountId
from app.domain.accounts.identity import Identity, IdentityId, LinkedIdentity, Standing
from app.domain.connections.connection import ConnectionId
from app.domain.tenants.tenant import TenantId


class Identities(Protocol):
    """How people appear at providers, and which accounts they have opened."""

    def find(self, connection_id: ConnectionId, *, issuer: str, subject: str) -> Identity | None: ...
    def standing(
        self,
        tenant_id: TenantId,
        connection_id: ConnectionId,
        *,
        issuer: str,
        subject: str,
        sid: str | None,
        began_at: float,
    ) -> Standing:
        """What `find` returns, and what may stop a login that began then; one query. `sid` is the provider's."""

    def get(self, tenant_id: TenantId, identity_id: IdentityId) -> Identity | None: ...
    def held_by_others(
        self, connection_id: ConnectionId, accounts: Collection[AccountId], *, issuer: str, subject: str
    ) -> dict[AccountId, str]:
        """Which of `accounts` are linked to another subject of the same connection and issuer, and to which one."""

    def holders(
        self, connections: Collection[ConnectionId], accounts: Collection[AccountId]
    ) -> Mapping[tuple[ConnectionId, str, AccountId], str]:
        """The subject linked to each connection, issuer and account, in one query."""

    def of_account(self, tenant_id: TenantId, account_id: AccountId) -> Sequence[LinkedIdentity]:
        """Those that open this account, the last used first; `Identity.linked` is left empty."""

    def save(self, identity: Identity, *, at: float) -> IdentityId:
        """Insert or update; `identity.linked` is not written.

        Returns the id it is stored under: if a concurrent first login of the same person was faster, that login's.
        """

    def link(self, identity: Identity, account_id: AccountId, *, at: float) -> bool:
        """Note that the identity opened the account. False if another subject has taken it in the meantime.

        An account has at most one subject per connection and issuer, ensured by a unique row.
        """

    def used(self, identity: Identity, account_id: AccountId, *, at: float) -> None:
        """The same where the identity is known to have the account, and its tenant is held: nobody can take it."""

    def unlink(self, identity_id: IdentityId, accounts: Collection[AccountId]) -> None: ...
