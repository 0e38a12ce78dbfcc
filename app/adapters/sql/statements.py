"""What several topics' queries are made of."""

import re
from collections.abc import Sequence
from typing import Any

# SQLite's compiler renders PostgreSQL's ON CONFLICT as well: one statement serves both (the contract tests run both).
from sqlalchemy.dialects.postgresql import Insert, insert

from app.adapters.sql.tables import Base

__all__ = ["insert", "insert_once", "storable", "upsert"]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def upsert(row: type[Base], *, on: Sequence[str], never: Sequence[str] = ()) -> Insert:
    """Insert, or where the columns `on` are taken, overwrite all others but `never`."""
    statement = insert(row)
    written = [column.name for column in row.__table__.columns if column.name not in (*on, *never)]
    return statement.on_conflict_do_update(index_elements=on, set_={name: statement.excluded[name] for name in written})


def insert_once(row: type[Base], **conflict: Any) -> Insert:
    """Insert, or do nothing where it is there already; the rowcount says which."""
    return insert(row).on_conflict_do_nothing(**conflict).execution_options(preserve_rowcount=True)


def storable(text: str) -> bool:
    """Whether a database can hold this text; what it cannot hold need not be looked for. Strangers send anything."""
    return _UNSTORABLE.search(text) is None
