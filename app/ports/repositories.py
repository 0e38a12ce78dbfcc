"""What is stored. One repository per topic; those of one unit of work share a transaction.

Every method on a tenant's data takes the tenant first: it never sees another tenant's rows.
Any method raises StoreUnavailable(`database`) if the database is unavailable.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from app.domain.accounts.account import Account, AccountId
from app.domain.connections.connection import Connection, ConnectionId, MatchBy
from app.domain.login.login_attempt import AttemptId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant, TenantId
from app.ports.account_finder import AccountFinder
from app.ports.account_imports import AccountImports
from app.ports.app_logouts import AppLogouts
from app.ports.audit import Audit
from app.ports.authorizations import Authorizations
from app.ports.clients import Clients
from app.ports.connection_drafts import ConnectionDraftStore
from app.ports.connection_keys import ConnectionKeyStore
from app.ports.consents import Consents
from app.ports.device_codes import DeviceCodes
from app.ports.domains import DomainClaims
from app.ports.held import HeldLogins
from app.ports.identities import Identities
from app.ports.login_activity import LoginActivity
from app.ports.logins import Logins
from app.ports.logos import Logos
from app.ports.notices import Notices
from app.ports.outbox import Outbox
from app.ports.people import People
from app.ports.pushed_requests import PushedRequests
from app.ports.readiness import ReadinessFacts
from app.ports.second_factors import SecondFactors
from app.ports.sessions import Sessions
from app.ports.setup import SetupLinks
from app.ports.signing_keys import SigningKeys
from app.ports.traces import Traces


class AlreadyStored(Exception):
    """Another transaction has already stored this name or id. Nothing of this transaction is kept."""


class Tenants(Protocol):
    """Customers."""

    def get(self, tenant_id: TenantId) -> Tenant | None: ...
    def these(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Tenant]:
        """Those that exist, in one query."""

    def by_slug(self, slug: str) -> Tenant | None: ...
    def by_slug_or_name(self, text: str, *, most: int) -> Sequence[Tenant]:
        """Active tenants with this name, without regard to ASCII case, by slug. Names need not be unique."""

    def by_email_domain(self, domain: str) -> Sequence[Tenant]:
        """Active tenants with this email domain (a lower-case A-label), by slug."""

    def all(self) -> Sequence[Tenant]:
        """By slug."""

    def save(self, tenant: Tenant) -> None:
        """Insert or update."""

    def lock(self, tenant_id: TenantId) -> Tenant | None:
        """Read it and lock it against changes by other transactions until this one ends.

        Take this first before changing anything that decides whether the tenant's sessions are valid.
        """

    def hold(self, tenant_id: TenantId) -> Tenant | None:
        """Read it so that nobody can `lock` it before this transaction ends; any number may hold it at once.

        Take this first before opening a session: switching something off then either ends the session or is seen by it.
        """

    def search(self, query: str, *, most: int, after: str = "") -> Sequence[Tenant]:
        """At most `most` whose slug or name contains `query`, without regard to ASCII case, by slug, from `after` on.

        Reads along the slugs and stops at `most`, so that a page costs the same however many tenants there are.
        """

    def with_due_switch(self, *, now: float) -> Sequence[TenantId]:
        """The tenants whose planned switch is due, the most overdue first."""


class Connections(Protocol):
    """Tenants' links to providers."""

    def get(self, tenant_id: TenantId, connection_id: ConnectionId) -> Connection | None: ...
    def with_tenant(self, connection_id: ConnectionId) -> tuple[Connection, Tenant] | None:
        """One query; any status. The only look-up without a tenant: a callback URL holds just the connection's id."""

    def by_tenant_slug(self, slug: str) -> tuple[Tenant, Sequence[Connection]] | None:
        """The tenant, and its connections in any status, by name; one query."""

    def named(self, tenant_id: TenantId, name: str) -> Connection | None: ...
    def of_tenant(self, tenant_id: TenantId) -> Sequence[Connection]:
        """In any status, by name."""

    def expiring(self, *, before: float) -> Sequence[Connection]:
        """Active ones whose client secret or certificate expires before then, or has expired. By indexes."""

    def next_expiries(self) -> tuple[float | None, float | None]:
        """When the next client secret and the next certificate of an active connection expire, or have expired.

        A secret whose successor is stored does not count.
        """

    def of_tenants(self, tenants: Collection[TenantId]) -> Mapping[TenantId, Sequence[Connection]]:
        """The same for several tenants, in one query."""

    def save(self, connection: Connection) -> None: ...
    def remove(self, tenant_id: TenantId, connection_id: ConnectionId) -> None:
        """With its keys. Only for one that never was active, so that nothing else refers to it."""

    def mark_tested(self, connection: Connection, *, at: float) -> None:
        """Note that a login or test with the settings in `connection` succeeded."""

    def mark_backchannel(self, connection: Connection, *, at: float) -> None:
        """Note that a valid logout token arrived. `save` does not change it."""


class AccountRows(NamedTuple):
    """Accounts as they are stored, and what each is searched by."""

    accounts: Sequence[Mapping[str, object]]
    texts: Sequence[Mapping[str, object]]


class Accounts(Protocol):
    """People's accounts."""

    def get(self, tenant_id: TenantId, account_id: AccountId) -> Account | None: ...
    def these(self, wanted: Collection[tuple[TenantId, AccountId]]) -> Mapping[tuple[TenantId, AccountId], Account]:
        """Those that exist, in one query."""

    def by_username(self, tenant_id: TenantId, username: str) -> Account | None:
        """Without regard to ASCII case."""

    def of_tenant(self, tenant_id: TenantId) -> Sequence[Account]:
        """By username."""

    def with_email(self, tenant_id: TenantId, email_key: str) -> Sequence[Account]:
        """In any status, by username; `email_key` is `EmailAddress.key`."""

    def with_username(self, tenant_id: TenantId, username: str) -> Sequence[Account]: ...
    def with_external_id(self, tenant_id: TenantId, external_id: str) -> Sequence[Account]:
        """An exact match."""

    def matching(
        self, by: MatchBy, wanted: Collection[tuple[TenantId, str]]
    ) -> Mapping[tuple[TenantId, str], Sequence[Account]]:
        """What `with_email`, `with_username` or `with_external_id` finds for each of them, in one query."""

    def with_subjects(
        self, tenant_id: TenantId, by: MatchBy, value: str, *, connection_id: ConnectionId, issuer: str
    ) -> Sequence[tuple[Account, str | None]]:
        """The same for one, each with the subject of this connection and issuer that it is linked to, if any."""

    def search(self, tenant_id: TenantId, query: str, *, most: int, after: str = "") -> Sequence[Account]:
        """At most `most`, by username, starting after the username `after`.

        Matches the beginning of the username, without regard to ASCII case, or the whole email or external id; an empty
        `query` matches all. Uses the indexes: a page costs the same however many accounts the tenant has.
        """

    def by_usernames(self, tenant_id: TenantId, usernames: Collection[str]) -> Mapping[str, Account]:
        """Those that exist, keyed by username in ASCII lower case."""

    def near(
        self,
        tenant_id: TenantId,
        by: MatchBy,
        *,
        values: Collection[str],
        beginnings: Sequence[str],
        most: int,
    ) -> Sequence[Account]:
        """At most `most` that have one of `values`, and at most as many whose value starts with one of `beginnings`."""

    def save(self, *accounts: Account) -> None:
        """Insert or update; an update does not change the password hash, the last login or its language."""

    def rows(self, accounts: Sequence[Account]) -> AccountRows:
        """What `save` stores, made beforehand: for many accounts that takes longer than storing them."""

    def save_rows(self, rows: AccountRows) -> None: ...
    def password_hash(self, tenant_id: TenantId, account_id: AccountId) -> str | None: ...
    def set_password_hash(self, tenant_id: TenantId, account_id: AccountId, password_hash: str) -> None: ...
    def signed_in(
        self, tenant_id: TenantId, account_id: AccountId, *, at: float, method: Method, language: str | None = None
    ) -> None:
        """Note the last login, and the last one by `method`; and the `language`, unless it is None."""

    def proven(self, tenant_id: TenantId, account_id: AccountId, *, at: float) -> None:
        """Note that the provider led to this account in an attempt that was not a login."""


class Attempts(Protocol):
    """The ids of consumed login attempts, and other ids that may be used only once."""

    def consume(self, attempt_id: AttemptId, *, expires_at: float) -> bool:
        """True the first time, False afterwards, even in a race: a unique row decides."""

    def consumed(self, attempt_id: AttemptId) -> bool: ...


class Work(Protocol):
    """One unit of work: repositories that share a transaction."""

    @property
    def tenants(self) -> Tenants: ...
    @property
    def domains(self) -> DomainClaims: ...
    @property
    def setup_links(self) -> SetupLinks: ...
    @property
    def connections(self) -> Connections: ...
    @property
    def connection_keys(self) -> ConnectionKeyStore: ...
    @property
    def connection_drafts(self) -> ConnectionDraftStore: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def people(self) -> People: ...
    @property
    def account_imports(self) -> AccountImports: ...
    @property
    def account_finder(self) -> AccountFinder: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def logins(self) -> Logins: ...
    @property
    def traces(self) -> Traces: ...
    @property
    def login_activity(self) -> LoginActivity: ...
    @property
    def held(self) -> HeldLogins: ...
    @property
    def clients(self) -> Clients: ...
    @property
    def pushed_requests(self) -> PushedRequests: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def authorizations(self) -> Authorizations: ...
    @property
    def device_codes(self) -> DeviceCodes: ...
    @property
    def signing_keys(self) -> SigningKeys: ...
    @property
    def app_logouts(self) -> AppLogouts: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def second_factors(self) -> SecondFactors: ...
    @property
    def readiness(self) -> ReadinessFacts: ...
    @property
    def logos(self) -> Logos: ...


class Database(Protocol):
    """Opens units of work."""

    def read(self) -> AbstractContextManager[Work]:
        """For reading only; each query sees what was committed before it."""

    def write(self, *, maintenance: bool = False) -> AbstractContextManager[Work]:
        """One transaction: committed at the end of the block, rolled back on any exception. Raises AlreadyStored.

        Maintenance has nobody waiting for it, so its statements may take longer.
        """

    def write_once(self) -> AbstractContextManager[Work]:
        """A single statement, which commits itself; a second one is refused. No exception undoes it afterwards."""

    def check(self) -> None:
        """Raises StoreUnavailable if nothing can be written. The schema must exist."""

    def missing_migrations(self) -> Sequence[str]:
        """Revisions that the code expects but the database lacks."""
