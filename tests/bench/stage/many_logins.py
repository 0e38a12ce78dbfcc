"""As many logins as one likes: the rows that a real one has left, copied under other ids and times, by the database."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from hashlib import md5
from operator import add
from typing import Any

from sqlalchemy import CTE, Column, Connection, Text, cast, func, literal, literal_column, null, select
from sqlalchemy.sql.elements import ColumnElement

from app.adapters.sql.database.engine import SqlEngine
from app.adapters.sql.declaration import Base

AT_ONCE = 50_000
LONG_S = 3600.0
SHORTEST = 12
OF_PEOPLE = ("accounts", "identities", "identity_accounts")
OF_LOGINS = (
    "sessions",
    "traces",
    "burned_attempts",
    "authorizations",
    "authorization_codes",
    "refresh_tokens",
    "app_logouts",
    "provider_logouts",
)
OF_PERSON = ("account", "identity", "subject", "username")
NUMBER: ColumnElement[Any] = literal_column("n")
_IDS = {
    "accounts.id": "account",
    "account_id": "account",
    "identities.id": "identity",
    "identity_id": "identity",
    "authorizations.id": "authorization",
    "authorization_id": "authorization",
    "subject": "subject",
    "username_key": "username",
    "reference": "reference",
    "code_hash": "code",
    "token_hash": "token",
}


@dataclass(frozen=True, slots=True)
class ManyLogins:
    """`people` share them; `real` are the rows of the real login, by their tables."""

    engine: SqlEngine
    people: int
    real: Mapping[str, Mapping[str, Any]]

    @classmethod
    def like_the_one(cls, engine: SqlEngine, *, people: int) -> "ManyLogins":
        """Like the only one that there is."""
        with engine.connect() as connection:
            tables = [Base.metadata.tables[name] for name in (*OF_PEOPLE, *OF_LOGINS)]
            real = {table.name: dict(connection.execute(select(table).limit(1)).mappings().one()) for table in tables}
        return cls(engine, people, real)

    def add_people(self) -> None:
        for name in OF_PEOPLE:
            self._copy(name, 1, self.people)

    def add(self, first: int, last: int, *, every_s: float) -> None:
        """Logins of these numbers. The time of a number is that of the real login, and `every_s` more for each."""
        for name in OF_LOGINS:
            for begin in range(first, last + 1, AT_ONCE):
                self._copy(name, begin, min(begin + AT_ONCE - 1, last), every_s)

    def _copy(self, name: str, first: int, last: int, every_s: float = 0.0) -> None:
        table = Base.metadata.tables[name]
        with self.engine.begin(statement_s=LONG_S) as connection:
            _know_md5(connection)
            real = self.real[name]
            values = {column.name: self._value(column, real[column.name], every_s) for column in table.columns}
            rows = select(*(value.label(name) for name, value in values.items())).select_from(_series(first, last))
            connection.execute(table.insert().from_select(list(values), rows))

    def _value(self, column: Column[Any], value: Any, every_s: float) -> ColumnElement[Any]:
        kind = _IDS.get(column.name, column.name)
        if column.name == "id":
            kind = _IDS.get(f"{column.table.name}.id", f"{column.table.name}.id")
        elif column.name not in _IDS:
            kind = ""
        if kind and value is not None:
            of_person = column.table.name in OF_PEOPLE or kind in OF_PERSON
            return _made(kind, NUMBER % self.people + 1 if of_person else NUMBER, max(len(value), SHORTEST))
        if column.name in ("email", "email_key"):
            return null()  # nobody else's: who really signs in is matched by it
        if isinstance(value, float) and every_s:
            return literal(value) + NUMBER * every_s
        return literal(value, column.type)


def _series(first: int, last: int) -> CTE:
    begun = select(literal(first).label("n")).cte("series", recursive=True)
    return begun.union_all(select(begun.c.n + 1).where(begun.c.n < last))


def _made(kind: str, number: ColumnElement[Any], length: int) -> ColumnElement[str]:
    """A text of that length, which looks like chance and is the same for the same number."""
    parts = [func.md5(f"{kind}-{part}-" + cast(number, Text), type_=Text) for part in range(1 + (length - 1) // 32)]
    return func.substr(reduce(add, parts), 1, length)


def _know_md5(connection: Connection) -> None:
    """PostgreSQL knows it by itself."""
    driver: object = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection):
        driver.create_function(
            "md5", 1, lambda text: md5(text.encode(), usedforsecurity=False).hexdigest(), deterministic=True
        )
