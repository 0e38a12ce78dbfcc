"""How a database would find the rows of a statement, in its own words."""

from dataclasses import replace

from app.adapters.sql.executor import Statement, compile_statement
from app.adapters.sql.unit_of_work import SqlDatabase


def plan_of(database: SqlDatabase, statement: Statement, **given: object) -> str:
    dialect = database.engine.dialect
    compiled = compile_statement(statement, dialect, tuple(given))
    explain = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
    explained = replace(compiled, text=f"{explain} {compiled.text}", returns=True)
    with database.engine.reading() as driver:
        rows, _ = driver.run(explained, compiled.parameters(given))
    return "\n".join(str(row[-1]) for row in rows)
