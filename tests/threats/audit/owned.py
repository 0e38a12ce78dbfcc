"""A database in the hands of somebody who may do anything in it. SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from app.adapters.sql.unit_of_work import SqlDatabase, SqlWork
from app.domain.audit.audit import AuditEntry
from tests.contracts.audit.audited import record

_ROW = text("SELECT * FROM audit_entries WHERE chain = (SELECT id FROM tenants WHERE slug = :slug) AND seq = :wanted")


@dataclass(frozen=True, slots=True)
class Owned:
    """A tenant's slug and a number name an audit entry."""

    database: SqlDatabase

    def disarm(self) -> None:
        """Drop what protects the audit."""
        with self.database.engine.connect() as connection:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("DROP INDEX uq_audit_entries_chain_seq")

    def row(self, slug: str, seq: int) -> dict[str, Any]:
        with self.database.engine.connect() as connection:
            return dict(connection.execute(_ROW, {"slug": slug, "wanted": seq}).mappings().one())

    def change(self, slug: str, number: int, **columns: object) -> None:
        """Put these values, of any type, where others stand."""
        self.change_row(self.row(slug, number)["id"], **columns)

    def change_row(self, row_id: int, **columns: object) -> None:
        named = ", ".join(f"{name} = :{name}" for name in columns)
        self._run(
            f"UPDATE audit_entries SET {named} WHERE id = :of_row",  # noqa: S608 - names of columns
            {**columns, "of_row": row_id},
        )

    def remove(self, slug: str, number: int) -> None:
        self._run("DELETE FROM audit_entries WHERE id = :of_row", {"of_row": self.row(slug, number)["id"]})

    def seal(self, slug: str) -> str:
        statement = text("SELECT seal FROM audit_heads WHERE chain = (SELECT id FROM tenants WHERE slug = :slug)")
        with self.database.engine.connect() as connection:
            return str(connection.execute(statement, {"slug": slug}).scalar_one())

    def set_head(self, slug: str, **columns: object) -> None:
        named = ", ".join(f"{name} = :{name}" for name in columns)
        chain = "(SELECT id FROM tenants WHERE slug = :slug)"
        statement = f"UPDATE audit_heads SET {named} WHERE chain = {chain}"  # noqa: S608 - names of columns
        self._run(statement, {"slug": slug, **columns})

    def forget_head(self, slug: str) -> None:
        self._run("DELETE FROM audit_heads WHERE chain = (SELECT id FROM tenants WHERE slug = :slug)", {"slug": slug})

    def _run(self, statement: str, values: dict[str, object]) -> None:
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            done = connection.execute(text(statement), values)
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            assert done.rowcount == 1


@dataclass
class Busy:
    """A database in which somebody records an entry before each of the first readings."""

    database: SqlDatabase
    entry: AuditEntry
    left: int = field(default=6)

    @contextmanager
    def read(self) -> Iterator[SqlWork]:
        if self.left:
            self.left -= 1
            record(self.database, self.entry)
        with self.database.read() as work:
            yield work

    write = SqlDatabase.write
    write_once = SqlDatabase.write_once
    check = SqlDatabase.check
    missing_migrations = SqlDatabase.missing_migrations
