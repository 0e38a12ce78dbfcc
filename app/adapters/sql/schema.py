"""The schema's version, and its upgrade. Alembic runs inside the process, from any folder."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

from sqlalchemy import Connection, inspect, text

_UPGRADE_LOCK = 7_766_114
"""Any number that nobody else locks in this database."""
_VERSION = text("SELECT version_num FROM alembic_version")


def current(connection: Connection) -> str | None:
    """The database's revision; None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(_VERSION).scalar_one_or_none()
    return revision


def missing(connection: Connection) -> Sequence[str]:
    """The revisions that the database lacks, oldest first. None if it is ahead of this version of the code."""
    known, has = revisions(), current(connection)
    if has is None:
        return known
    return known[known.index(has) + 1 :] if has in known else ()


def newer(connection: Connection) -> bool:
    """Whether a newer version of the code has migrated it. This one can continue: migrations only add things."""
    has = current(connection)
    return has is not None and has not in revisions()


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """In the caller's transaction, to the newest revision; a second upgrade at the same time waits for the first."""
    # Commands that do not migrate start faster without Alembic.
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
    """Oldest first: each migration's file name starts with its revision."""
    files = resources.files("app.adapters.sql.migrations").joinpath("versions").iterdir()
    return tuple(sorted(file.name[:4] for file in files if file.name.endswith(".py")))
