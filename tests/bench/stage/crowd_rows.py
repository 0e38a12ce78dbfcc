"""One login's rows, a million times."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

PEOPLE_EACH = 100
DAY_S = 86_400
TABLES = ("accounts", "account_texts", "identities", "identity_accounts", "sessions", "traces", "burned_attempts")


@dataclass(frozen=True, slots=True)
class Rows:
    """A database open for SQL that both speak. `random`: so many hexadecimal digits, others in each row."""

    execute: Callable[[str], object]
    count: Callable[[str], int]
    columns: Callable[[str], list[str]]
    random: Callable[[int], str]
    settle: Callable[[], object]


@contextmanager
def on_postgres(address: str) -> Iterator[Rows]:
    with psycopg.connect(address, autocommit=True) as connection:
        # Of rows that fit together by their making: a check of a million keys takes minutes.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET work_mem = '256MB'")

        def columns(table: str) -> list[str]:
            found = connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
            )
            return [name for (name,) in found]

        def count(table: str) -> int:
            found = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            return int(found[0]) if found else 0

        yield Rows(
            execute=lambda statement: connection.execute(statement.encode()),
            count=count,
            columns=columns,
            random=lambda digits: f"substr(md5(random()::text) || md5(random()::text), 1, {digits})",
            settle=lambda: connection.execute("VACUUM (ANALYZE, FREEZE)"),
        )


@contextmanager
def on_sqlite(file: Path) -> Iterator[Rows]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")

        def columns(table: str) -> list[str]:
            return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]

        def settle() -> None:
            connection.execute("ANALYZE")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        yield Rows(
            execute=connection.execute,
            count=lambda table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]),
            columns=columns,
            random=lambda digits: f"substr(lower(hex(randomblob({(digits + 1) // 2}))), 1, {digits})",
            settle=settle,
        )


def multiply(rows: Rows, *, first: str, tenants: int) -> None:
    """Each of the `tenants` beside the `first` gets a hundred accounts, each of them the rows of the first one's login.

    Raises SystemExit if there are fewer then: a login has left no row where it used to.
    """
    of_first = f"(SELECT id FROM tenants WHERE slug = '{first}')"
    rows.execute("CREATE TEMPORARY TABLE numbers (n INTEGER)")
    values = ", ".join(f"({number})" for number in range(1, PEOPLE_EACH))
    rows.execute(f"INSERT INTO numbers VALUES {values}")
    _accounts(rows, of_first)
    _identities(rows, of_first)
    _logins(rows, of_first)
    rows.execute("DROP TABLE numbers")
    for table in TABLES:
        if (found := rows.count(table)) < tenants * PEOPLE_EACH:
            raise SystemExit(f"No figures: only {found} {table} were made")
    rows.settle()


def _accounts(rows: Rows, of_first: str) -> None:
    agent = "'agent' || n.n"
    named = {
        name: f"replace(s.{name}, 'agent0', {agent})" for name in ("username", "username_key", "email", "email_key")
    }
    source = f"accounts s CROSS JOIN numbers n WHERE s.tenant_id <> {of_first}"
    _copies(rows, "accounts", source, {**named, "id": rows.random(32), "name": "'Agent ' || n.n"})
    source = (
        "account_texts s JOIN accounts a ON a.tenant_id = s.tenant_id"
        f" WHERE a.tenant_id <> {of_first} AND a.username <> 'agent0'"
    )
    text = "replace(s.text, 'agent0', a.username)"
    _copies(rows, "account_texts", source, {"account_id": "a.id", "username_key": "a.username_key", "text": text})


def _identities(rows: Rows, of_first: str) -> None:
    source = (
        "accounts a JOIN connections c ON c.tenant_id = a.tenant_id"
        f" CROSS JOIN (SELECT * FROM identities LIMIT 1) s WHERE a.tenant_id <> {of_first}"
    )
    _copies(
        rows, "identities", source,
        {
            "tenant_id": "a.tenant_id", "id": rows.random(32), "connection_id": "c.id", "subject": "a.username",
            "match_value": "a.email",
        },
    )  # fmt: skip
    source = (
        "identities i JOIN accounts a ON a.tenant_id = i.tenant_id AND a.username_key = i.subject"
        f" CROSS JOIN (SELECT * FROM identity_accounts LIMIT 1) s WHERE i.tenant_id <> {of_first}"
    )
    _copies(
        rows, "identity_accounts", source,
        {"tenant_id": "i.tenant_id", "connection_id": "i.connection_id", "identity_id": "i.id", "account_id": "a.id"},
    )  # fmt: skip


def _logins(rows: Rows, of_first: str) -> None:
    source = "identity_accounts i CROSS JOIN (SELECT * FROM sessions LIMIT 1) s WHERE i.tenant_id <> s.tenant_id"
    same = {name: f"i.{name}" for name in ("tenant_id", "account_id", "connection_id", "identity_id")}
    _copies(
        rows, "sessions", source,
        {**same, "id": rows.random(64), "reference": rows.random(12), "expires_at": f"s.expires_at - 2 * {DAY_S}"},
    )  # fmt: skip
    people, others = "accounts a JOIN tenants t ON t.id = a.tenant_id", f"a.tenant_id <> {of_first}"
    one_trace = "(SELECT * FROM traces WHERE account_id IS NOT NULL LIMIT 1)"
    _copies(
        rows, "traces", f"{people} CROSS JOIN {one_trace} s WHERE {others}",
        {
            "reference": rows.random(12), "at": f"s.at - {DAY_S}", "tenant_id": "t.id", "tenant": "t.slug",
            "account_id": "a.id",
        },
    )  # fmt: skip
    _copies(
        rows, "burned_attempts", f"{people} CROSS JOIN (SELECT * FROM burned_attempts LIMIT 1) s WHERE {others}",
        {"id": rows.random(64), "expires_at": f"s.expires_at - {DAY_S}"},
    )  # fmt: skip


def _copies(rows: Rows, table: str, source: str, changes: Mapping[str, str]) -> None:
    """Of the row `s` of `source`, with other values in some columns."""
    columns = rows.columns(table)
    if unknown := set(changes) - set(columns):
        raise SystemExit(f"No figures: {table} has no {', '.join(sorted(unknown))}")
    values = ", ".join(changes.get(name, f"s.{name}") for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    rows.execute(f"INSERT INTO {table} ({named}) SELECT {values} FROM {source}")
