"""Units of work: repositories that share a connection, and in `write` a transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import text

from app.adapters.sql import schema, write_probe
from app.adapters.sql.accounts.account_finder import SqlAccountFinder
from app.adapters.sql.accounts.account_imports import SqlAccountImports
from app.adapters.sql.accounts.accounts import SqlAccounts
from app.adapters.sql.accounts.held import SqlHeldLogins
from app.adapters.sql.accounts.identities import SqlIdentities
from app.adapters.sql.accounts.search import SqlPeople
from app.adapters.sql.audit.audit import SqlAudit
from app.adapters.sql.connections.connection_keys import SqlConnectionKeys
from app.adapters.sql.connections.connections import SqlConnections
from app.adapters.sql.connections.drafts import SqlConnectionDrafts
from app.adapters.sql.database.engine import SqlEngine
from app.adapters.sql.database.limits import MAINTENANCE_S, MIGRATION_S, STATEMENT_S
from app.adapters.sql.executor import Executor, OneStatement
from app.adapters.sql.login.attempts import SqlAttempts
from app.adapters.sql.login.logins import SqlLogins
from app.adapters.sql.mail.notices import SqlNotices
from app.adapters.sql.mail.outbox import SqlOutbox
from app.adapters.sql.oauth2.app_logouts import SqlAppLogouts
from app.adapters.sql.oauth2.authorizations import SqlAuthorizations
from app.adapters.sql.oauth2.clients import SqlClients
from app.adapters.sql.oauth2.consents import SqlConsents
from app.adapters.sql.oauth2.device_codes import SqlDeviceCodes
from app.adapters.sql.oauth2.pushed_requests import SqlPushedRequests
from app.adapters.sql.oauth2.signing_keys import SqlSigningKeys
from app.adapters.sql.passwords.second_factors import SqlSecondFactors
from app.adapters.sql.purge import RemoveAll, purge
from app.adapters.sql.sessions.sessions import SqlSessions
from app.adapters.sql.setup.links import SqlSetupLinks
from app.adapters.sql.sso_only.readiness import SqlReadinessFacts
from app.adapters.sql.tenants.domains import SqlDomainClaims
from app.adapters.sql.tenants.logos import SqlLogos
from app.adapters.sql.tenants.tenants import SqlTenants
from app.adapters.sql.traces.login_activity import SqlLoginActivity
from app.adapters.sql.traces.traces import SqlTraces
from app.domain.audit.audit import Chain, ChainedEntry, ChainHead

_CLOCK = {
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400"),
}


T = TypeVar("T")


class Repository(Generic[T]):
    """An attribute of `SqlWork`, built when it is asked for: hardly any unit of work needs more than a few."""

    def __init__(self, build: Callable[[Executor], T]) -> None:
        self._build = build

    def __get__(self, work: "SqlWork", _owner: type["SqlWork"]) -> T:
        return self._build(work.sql)


@dataclass(frozen=True, slots=True)
class SqlWork:
    """Implements `Work`. `moved` holds the heads of the audit chains that it has extended, `waiting` the entries."""

    sql: Executor
    moved: dict[Chain, ChainHead] = field(default_factory=dict)
    waiting: list[tuple[ChainedEntry, ChainHead]] = field(default_factory=list)

    tenants = Repository(SqlTenants)
    logos = Repository(SqlLogos)
    domains = Repository(SqlDomainClaims)
    setup_links = Repository(SqlSetupLinks)
    connections = Repository(SqlConnections)
    connection_keys = Repository(SqlConnectionKeys)
    connection_drafts = Repository(SqlConnectionDrafts)
    accounts = Repository(SqlAccounts)
    people = Repository(SqlPeople)
    account_imports = Repository(SqlAccountImports)
    account_finder = Repository(SqlAccountFinder)
    identities = Repository(SqlIdentities)
    sessions = Repository(SqlSessions)
    attempts = Repository(SqlAttempts)
    logins = Repository(SqlLogins)
    traces = Repository(SqlTraces)
    login_activity = Repository(SqlLoginActivity)
    held = Repository(SqlHeldLogins)
    clients = Repository(SqlClients)
    pushed_requests = Repository(SqlPushedRequests)
    consents = Repository(SqlConsents)
    authorizations = Repository(SqlAuthorizations)
    device_codes = Repository(SqlDeviceCodes)
    signing_keys = Repository(SqlSigningKeys)
    app_logouts = Repository(SqlAppLogouts)
    outbox = Repository(SqlOutbox)
    notices = Repository(SqlNotices)
    second_factors = Repository(SqlSecondFactors)
    readiness = Repository(SqlReadinessFacts)

    @property
    def audit(self) -> SqlAudit:
        return SqlAudit(self.sql, self.moved, self.waiting)


class SqlDatabase:
    """Implements `Database`, with what commands need besides. `url` as in SQLAlchemy."""

    def __init__(self, url: str, *, head_log: Callable[[ChainHead], None] | None = None) -> None:
        """`head_log` is called after the commit: with a copy of the heads, a truncated chain can be detected."""
        self.engine = SqlEngine(url)
        self._head_log = head_log

    @contextmanager
    def read(self) -> Iterator[SqlWork]:
        with self.engine.reading() as driver:
            yield SqlWork(Executor(self.engine, driver))

    @contextmanager
    def write(self, *, maintenance: bool = False) -> Iterator[SqlWork]:
        moved: dict[Chain, ChainHead] = {}
        with self.engine.writing(statement_s=MAINTENANCE_S if maintenance else STATEMENT_S) as driver:
            work = SqlWork(Executor(self.engine, driver), moved)
            yield work
            work.audit.flush()
        if self._head_log is not None:
            for head in moved.values():
                self._head_log(head)

    @contextmanager
    def write_once(self) -> Iterator[SqlWork]:
        with self.engine.writing_once() as driver:
            yield SqlWork(OneStatement(self.engine, driver))

    def check(self) -> None:
        with self.engine.begin() as connection:
            write_probe.probe(connection)
            connection.rollback()

    def current(self) -> str | None:
        """The schema's revision; None if the database is empty."""
        with self.engine.connect() as connection:
            return schema.current(connection)

    def missing_migrations(self) -> Sequence[str]:
        with self.engine.connect() as connection:
            return schema.missing(connection)

    def newer(self) -> bool:
        """Whether a newer version of the code has migrated it."""
        with self.engine.connect() as connection:
            return schema.newer(connection)

    def ahead_s(self, now: float) -> float:
        """How many seconds the database's own clock is ahead of `now`."""
        with self.engine.connect() as connection:
            return float(connection.execute(_CLOCK[self.engine.dialect]).scalar_one()) - now

    def upgrade(self) -> None:
        """Migrate to the newest revision. Several processes may do it at once."""
        with self.engine.begin(statement_s=MIGRATION_S) as connection:
            schema.upgrade(connection)

    def purge(self, now: float, remove: RemoveAll) -> int:
        """Delete expired counters, attempts, logouts, sessions, keys and set-up links. Returns how many there were."""
        return purge(self.engine, now, remove)

    def close(self) -> None:
        """Close all connections."""
        self.engine.close()
