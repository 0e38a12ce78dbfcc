"""The schema's version, and the way to the newest one. Alembic runs inside the process, from any folder."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

from sqlalchemy import Connection, inspect, text

_UPGRADE_LOCK = 7_766_114
"""Any number that nobody else locks in this database."""
_VERSION = text("SELECT version_num FROM alembic_version")


def current(connection: Connection) -> str | None:
    """The revision that the database has; None where nothing is there yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(_VERSION).scalar_one_or_none()
    return revision


def missing(connection: Connection) -> Sequence[str]:
    """The revisions after the database's own, oldest first. None where it is ahead of this version of the code."""
    known, has = revisions(), current(connection)
    if has is None:
        return known
    return known[known.index(has) + 1 :] if has in known else ()


def newer(connection: Connection) -> bool:
    """Whether a newer version of the code has migrated it. This one can go on: migrations only ever add."""
    has = current(connection)
    return has is not None and has not in revisions()


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """In the caller's transaction, to the newest revision; a second upgrade at the same time waits for the first."""
    # Whoever does not migrate starts sooner without Alembic.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
    config = Config()
    config.set_main_option("script_location", "app.adapters.sql:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


@cache
def revisions() -> tuple[str, ...]:
    """Oldest first: each migration's file begins with the number that is its revision."""
    files = resources.files("app.adapters.sql.migrations").joinpath("versions").iterdir()
    return tuple(sorted(file.name[:4] for file in files if file.name.endswith(".py")))
