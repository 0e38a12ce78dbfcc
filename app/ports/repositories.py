"""What is kept. One repository per topic, all of one unit of work in one transaction.

Every function on a tenant's data takes the tenant first: a row of another tenant is as good as absent.
Any method raises StoreUnavailable(`database`) when the database is away.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from app.domain.accounts.account import Account, AccountId
from app.domain.accounts.identity import Identity, IdentityId
from app.domain.audit.audit import AuditEntry, Chain, ChainedEntry, ChainHead
from app.domain.connections.connection import Connection, ConnectionId, MatchBy
from app.domain.connections.connection_key import ConnectionKey
from app.domain.login.login_attempt import AttemptId
from app.domain.oauth2.client import Client, Scope
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.held import HeldLogins
from app.ports.outbox import Outbox
from app.ports.readiness import ReadinessFacts
from app.ports.second_factors import SecondFactors
from app.ports.sessions import Sessions
from app.ports.traces import Traces


class AlreadyStored(Exception):
    """Somebody else has stored what this transaction adds: the name or the id is taken. Nothing of it is kept."""


class Tenants(Protocol):
    """Customers."""

    def get(self, tenant_id: TenantId) -> Tenant | None: ...
    def these(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Tenant]:
        """Those that there are, in one query."""

    def by_slug(self, slug: str) -> Tenant | None: ...
    def by_slug_or_name(self, text: str, *, most: int) -> Sequence[Tenant]:
        """Active tenants that are called so, without regard to ASCII case, by slug. Names need not be unique."""

    def by_email_domain(self, domain: str) -> Sequence[Tenant]:
        """Active tenants that name `domain` (an A-label, lower case), by slug."""

    def all(self) -> Sequence[Tenant]:
        """By slug."""

    def save(self, tenant: Tenant) -> None:
        """Insert or update."""

    def lock(self, tenant_id: TenantId) -> Tenant | None:
        """Read it so that no other transaction changes it before this one ends.

        Who changes anything that decides whether a session of the tenant is good takes this first.
        """

    def hold(self, tenant_id: TenantId) -> Tenant | None:
        """Read it so that nobody locks it before this transaction ends; any number may hold it at once.

        Who opens a session takes this first: what is switched off ends it, or is seen by it.
        """

    def search(self, query: str, *, most: int, after: str = "") -> Sequence[Tenant]:
        """At most `most` whose slug or name contains `query` without regard to ASCII case, by slug, from `after` on.

        It reads along the slugs and stops at `most`, so that a page costs the same however many tenants there are.
        """

    def with_due_switch(self, *, now: float) -> Sequence[TenantId]:
        """Whose planned switch is due, the longest due first."""


class Connections(Protocol):
    """Tenants' links to providers."""

    def get(self, tenant_id: TenantId, connection_id: ConnectionId) -> Connection | None: ...
    def with_tenant(self, connection_id: ConnectionId) -> tuple[Connection, Tenant] | None:
        """One query; of any status. The only look-up without a tenant: the id in a callback URL says which one."""

    def named(self, tenant_id: TenantId, name: str) -> Connection | None: ...
    def of_tenant(self, tenant_id: TenantId) -> Sequence[Connection]:
        """Of any status, by name."""

    def of_tenants(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Sequence[Connection]]:
        """The same of each, in one query."""

    def save(self, connection: Connection) -> None: ...
    def mark_tested(self, connection: Connection, *, at: float) -> None:
        """Note that somebody came through with the settings of `connection` as it stands here."""

    def mark_backchannel(self, connection: Connection, *, at: float) -> None:
        """Note that a good logout token came. `save` leaves it alone."""


class ConnectionKeyStore(Protocol):
    """The bridge's own keys for each connection."""

    def of_connection(self, tenant_id: TenantId, connection_id: ConnectionId) -> Sequence[ConnectionKey]:
        """Newest first, replaced ones too."""

    def add(self, keys: Sequence[ConnectionKey]) -> bool:
        """False where there are keys of this generation already, which stay: a unique row decides every race."""

    def retire(self, tenant_id: TenantId, connection_id: ConnectionId, *, before: int, at: float) -> None:
        """End keys of the generations below `before` at `at`, unless they end earlier."""


class Accounts(Protocol):
    """Logins here."""

    def get(self, tenant_id: TenantId, account_id: AccountId) -> Account | None: ...
    def these(self, wanted: Collection[tuple[TenantId, AccountId]]) -> Mapping[tuple[TenantId, AccountId], Account]:
        """Those that there are, in one query."""

    def by_username(self, tenant_id: TenantId, username: str) -> Account | None:
        """Without regard to ASCII case."""

    def of_tenant(self, tenant_id: TenantId) -> Sequence[Account]:
        """By username."""

    def with_email(self, tenant_id: TenantId, email_key: str) -> Sequence[Account]:
        """Of any status, by username; `email_key` is `EmailAddress.key`."""

    def with_username(self, tenant_id: TenantId, username: str) -> Sequence[Account]: ...
    def with_external_id(self, tenant_id: TenantId, external_id: str) -> Sequence[Account]:
        """Exactly."""

    def matching(
        self, by: MatchBy, wanted: Collection[tuple[TenantId, str]]
    ) -> Mapping[tuple[TenantId, str], Sequence[Account]]:
        """What `with_email`, `with_username` or `with_external_id` finds for each of them, in one query."""

    def search(self, tenant_id: TenantId, query: str, *, most: int, after: str = "") -> Sequence[Account]:
        """At most `most`, by username, that come after the username `after`.

        Those whose username begins with `query` without regard to ASCII case, or whose email or external id it is; all
        of them where it is empty. By the indexes: a page costs the same however many accounts the tenant has.
        """

    def by_usernames(self, tenant_id: TenantId, usernames: Collection[str]) -> Mapping[str, Account]:
        """Those that there are, by username in small letters (ASCII)."""

    def near(
        self,
        tenant_id: TenantId,
        by: MatchBy,
        *,
        values: Collection[str],
        beginnings: Sequence[str],
        most: int,
    ) -> Sequence[Account]:
        """At most `most` that have one of `values`, and as many whose value begins with one of `beginnings`."""

    def save(self, *accounts: Account) -> None:
        """Insert or update; an update leaves the password hash and the last login alone."""

    def password_hash(self, tenant_id: TenantId, account_id: AccountId) -> str | None: ...
    def set_password_hash(self, tenant_id: TenantId, account_id: AccountId, password_hash: str) -> None: ...
    def signed_in(self, tenant_id: TenantId, account_id: AccountId, *, at: float, method: Method) -> None:
        """Note the last login, and the last one by `method`."""

    def proven(self, tenant_id: TenantId, account_id: AccountId, *, at: float) -> None:
        """Note that the provider led to this account, without a login."""


class Identities(Protocol):
    """How people appear at providers, and which accounts they have opened."""

    def find(self, connection_id: ConnectionId, *, issuer: str, subject: str) -> Identity | None: ...
    def get(self, tenant_id: TenantId, identity_id: IdentityId) -> Identity | None: ...
    def held_by_others(
        self, connection_id: ConnectionId, accounts: Collection[AccountId], *, issuer: str, subject: str
    ) -> dict[AccountId, str]:
        """Which of `accounts` another subject of the same connection and issuer is linked to, and which subject."""

    def holders(
        self, connections: Collection[ConnectionId], accounts: Collection[AccountId]
    ) -> Mapping[tuple[ConnectionId, str, AccountId], str]:
        """By connection, issuer and account the subject that is linked to it, in one query."""

    def save(self, identity: Identity, *, at: float) -> IdentityId:
        """Insert or update; `identity.linked` is not written.

        Returns the id that it is kept under: where another first login of the same person was faster, that one's.
        """

    def link(self, identity: Identity, account_id: AccountId, *, at: float) -> bool:
        """Note that the identity opened the account. False where another subject took it in the meantime.

        One account has at most one subject per connection and issuer, held by a unique row.
        """

    def unlink(self, identity_id: IdentityId, accounts: Collection[AccountId]) -> None: ...


class Attempts(Protocol):
    """The ids of login attempts that somebody came back with, and of what else counts once."""

    def consume(self, attempt_id: AttemptId, *, expires_at: float) -> bool:
        """True the first time, False ever after, whatever races: a unique row."""

    def consumed(self, attempt_id: AttemptId) -> bool: ...


class Clients(Protocol):
    """The vendor's apps, API credentials and the scopes they may have."""

    def get(self, client_id: str) -> Client | None: ...
    def all(self) -> Sequence[Client]: ...
    def save(self, client: Client) -> None: ...
    def scopes(self) -> Sequence[Scope]: ...
    def save_scope(self, scope: Scope) -> None: ...


class Audit(Protocol):
    """Append-only chains. `AuditService.record` alone writes here."""

    def lock(self, chain: Chain) -> ChainHead:
        """The head, so that nobody adds to this chain before the transaction ends; other chains do not wait."""

    def add(self, link: ChainedEntry, *, seal: str) -> None:
        """After `lock`; it becomes the head, with this seal."""

    def seal(self, head: ChainHead) -> None:
        """Give a head its first seal; the store refuses another."""

    def mac(self, chain: Chain, seq: int) -> str | None:
        """Of the entry with this number."""

    def of_tenant(self, tenant_id: TenantId | None) -> Sequence[AuditEntry]:
        """Oldest first."""

    def chains(self) -> Sequence[Chain]:
        """Of every tenant, and whatever else has entries or a head; the bridge's first."""

    def head(self, chain: Chain) -> ChainHead:
        """Number 0 where there is none."""

    def page(self, chain: Chain, *, after: int, most: int) -> Sequence[ChainedEntry]:
        """At most `most`, in the order of writing, that come after the position `after`."""

    def latest(
        self, chain: Chain, *, before: int | None = None, action: str | None = None, most: int
    ) -> Sequence[ChainedEntry]:
        """At most `most`, the newest first, that come before the position `before`, of this action only."""


class Work(Protocol):
    """One unit of work: repositories that share a transaction."""

    @property
    def tenants(self) -> Tenants: ...
    @property
    def connections(self) -> Connections: ...
    @property
    def connection_keys(self) -> ConnectionKeyStore: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def traces(self) -> Traces: ...
    @property
    def held(self) -> HeldLogins: ...
    @property
    def clients(self) -> Clients: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def second_factors(self) -> SecondFactors: ...
    @property
    def readiness(self) -> ReadinessFacts: ...


class Database(Protocol):
    """Opens units of work."""

    def read(self) -> AbstractContextManager[Work]:
        """For reading only; sees what was committed before each query."""

    def write(self, *, maintenance: bool = False) -> AbstractContextManager[Work]:
        """One transaction: committed at the end of the block, undone by any exception. Raises AlreadyStored.

        Its statements may take long where it is for maintenance, which nobody waits for.
        """

    def check(self) -> None:
        """Raises StoreUnavailable where nothing can be written. The schema is there."""

    def missing_migrations(self) -> Sequence[str]:
        """Revisions that the code expects and the database lacks."""
