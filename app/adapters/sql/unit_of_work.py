"""Units of work: repositories that share a connection, and in `write` a transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, delete, select, text

from app.adapters.sql import schema, write_probe
from app.adapters.sql.accounts.accounts import SqlAccounts
from app.adapters.sql.accounts.held import SqlHeldLogins
from app.adapters.sql.accounts.identities import SqlIdentities
from app.adapters.sql.audit.audit import SqlAudit
from app.adapters.sql.connections.connection_keys import SqlConnectionKeys
from app.adapters.sql.connections.connections import SqlConnections
from app.adapters.sql.engine import SqlEngine
from app.adapters.sql.executor import Executor
from app.adapters.sql.login.attempts import SqlAttempts
from app.adapters.sql.mail.outbox import SqlOutbox
from app.adapters.sql.oauth2.clients import SqlClients
from app.adapters.sql.passwords.second_factors import SqlSecondFactors
from app.adapters.sql.postgres import MAINTENANCE_S, MIGRATION_S, STATEMENT_S
from app.adapters.sql.sessions.provider_logouts import SqlProviderLogouts
from app.adapters.sql.sessions.sessions import SqlSessions
from app.adapters.sql.sso_only.readiness import SqlReadinessFacts
from app.adapters.sql.tables import ConnectionKeyRow, ConsumedAttemptRow, ProviderLogoutRow, SessionRow
from app.adapters.sql.tenants.tenants import SqlTenants
from app.adapters.sql.throttling.counter_tables import CounterRow
from app.adapters.sql.traces.traces import SqlTraces
from app.domain.audit.audit import Chain, ChainedEntry, ChainHead

_BATCH = 5000
"""How many rows one purging transaction deletes, so that nobody waits long for it."""

_SLACK_S = 3600
"""Allows for workers whose clock is behind."""

_PURGES = [
    delete(row).where(key.in_(select(key).where(row.expires_at < bindparam("before")).limit(_BATCH)))
    for row, key in (
        (CounterRow, CounterRow.key),
        (ConsumedAttemptRow, ConsumedAttemptRow.id),
        (ProviderLogoutRow, ProviderLogoutRow.id),
        (SessionRow, SessionRow.id),
        (ConnectionKeyRow, ConnectionKeyRow.kid),
    )
]


_CLOCK = {
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
    "sqlite": text("SELECT (julianday('now') - 2440587.5) * 86400"),
}


@dataclass(frozen=True, slots=True)
class SqlWork:
    """Implements `Work`. `moved` holds the heads of the audit chains that it has extended, `waiting` the entries."""

    sql: Executor
    moved: dict[Chain, ChainHead] = field(default_factory=dict)
    waiting: list[tuple[ChainedEntry, ChainHead]] = field(default_factory=list)

    @property
    def connection(self) -> Connection:
        return self.sql.connection

    @property
    def tenants(self) -> SqlTenants:
        return SqlTenants(self.sql)

    @property
    def connections(self) -> SqlConnections:
        return SqlConnections(self.sql)

    @property
    def connection_keys(self) -> SqlConnectionKeys:
        return SqlConnectionKeys(self.sql)

    @property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self.sql)

    @property
    def identities(self) -> SqlIdentities:
        return SqlIdentities(self.sql)

    @property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self.sql)

    @property
    def provider_logouts(self) -> SqlProviderLogouts:
        return SqlProviderLogouts(self.sql)

    @property
    def attempts(self) -> SqlAttempts:
        return SqlAttempts(self.sql)

    @property
    def traces(self) -> SqlTraces:
        return SqlTraces(self.sql)

    @property
    def held(self) -> SqlHeldLogins:
        return SqlHeldLogins(self.sql)

    @property
    def clients(self) -> SqlClients:
        return SqlClients(self.sql)

    @property
    def audit(self) -> SqlAudit:
        return SqlAudit(self.sql, self.moved, self.waiting)

    @property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self.sql)

    @property
    def second_factors(self) -> SqlSecondFactors:
        return SqlSecondFactors(self.sql)

    @property
    def readiness(self) -> SqlReadinessFacts:
        return SqlReadinessFacts(self.sql)


class SqlDatabase:
    """Implements `Database`, with what commands need besides. `url` as in SQLAlchemy."""

    def __init__(self, url: str, *, head_log: Callable[[ChainHead], None] | None = None) -> None:
        """`head_log` is called after the commit: with a copy of the heads, a truncated chain can be detected."""
        self.engine = SqlEngine(url)
        self._head_log = head_log

    @contextmanager
    def read(self) -> Iterator[SqlWork]:
        with self.engine.connect() as connection:
            yield SqlWork(Executor(self.engine, connection))

    @contextmanager
    def write(self, *, maintenance: bool = False) -> Iterator[SqlWork]:
        moved: dict[Chain, ChainHead] = {}
        with self.engine.begin(statement_s=MAINTENANCE_S if maintenance else STATEMENT_S) as connection:
            work = SqlWork(Executor(self.engine, connection), moved)
            yield work
            work.audit.flush()
        if self._head_log is not None:
            for head in moved.values():
                self._head_log(head)

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

    def purge(self, now: float) -> int:
        """Delete expired counters, attempts, logouts, sessions and keys. Returns how many there were."""
        purged = 0
        for statement in _PURGES:
            removed = _BATCH
            while removed == _BATCH:
                with self.engine.begin(statement_s=MAINTENANCE_S) as connection:
                    removed = Executor(self.engine, connection).changed(statement, before=now - _SLACK_S)
                purged += removed
        return purged

    def close(self) -> None:
        """Close all connections."""
        self.engine.close()
