"""The schema's version, and the way to the newest one. Alembic runs inside the process, from any folder."""

from collections.abc import Sequence
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_UPGRADE_LOCK = 7_766_114
"""Any number that nobody else locks in this database."""


def current(connection: Connection) -> str | None:
    """The revision that the database has; None where nothing is there yet."""
    return MigrationContext.configure(connection).get_current_revision()


def missing(connection: Connection) -> Sequence[str]:
    """The revisions after the database's own, oldest first. None where it is ahead of this version of the code."""
    known, has = _revisions(), current(connection)
    if has is None:
        return known
    return known[known.index(has) + 1 :] if has in known else ()


def newer(connection: Connection) -> bool:
    """Whether a newer version of the code has migrated it. This one can go on: migrations only ever add."""
    has = current(connection)
    return has is not None and has not in _revisions()


def upgrade(connection: Connection) -> None:
    """To the newest revision, in the caller's transaction; a second upgrade at the same time waits for the first."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "app.adapters.sql:migrations")
    return config


@cache
def _revisions() -> tuple[str, ...]:
    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]
