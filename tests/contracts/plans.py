"""How a database would find the rows of a statement, in its own words."""

from typing import Any

from app.adapters.sql.executor import Statement, prepare
from app.adapters.sql.unit_of_work import SqlDatabase


def plan_of(database: SqlDatabase, statement: Statement, **given: object) -> str:
    dialect = database.engine.dialect
    prepared = prepare(statement, dialect, tuple(given))
    explain = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
    with database.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        rows = driver.execute(f"{explain} {prepared.text}", prepared.parameters(given)).fetchall()
    return "\n".join(str(row[-1]) for row in rows)
