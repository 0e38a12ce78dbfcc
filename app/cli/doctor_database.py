"""What `sso-bridge doctor` checks of the database besides its availability."""

from collections.abc import Iterator

from app.adapters.sql.unit_of_work import SqlDatabase
from app.cli.db import NEWER
from app.domain.connections.finding import Finding, Level

SKEW_WARNING_S = 10
SKEW_WRONG_S = 120
_LIMIT = (
    "Operator: run ALTER ROLE … SET statement_timeout = '5s', so that the server stops statements that take too long."
)


def database_findings(database: SqlDatabase, *, now: float) -> Iterator[Finding]:
    """The database responds."""
    if database.newer():
        yield Finding("schema", Level.WARNING, NEWER)
    yield from _pooler(database)
    yield from _clock(database.ahead_s(now))


def _pooler(database: SqlDatabase) -> Iterator[Finding]:
    """Says nothing if there is none."""
    pooler = database.engine.pooler()
    if pooler is None:
        return
    text = "found between the bridge and the database, so statements are not prepared"
    if pooler.limited:
        yield Finding("pooler", text=text)
    else:
        yield Finding("pooler", Level.WARNING, f"{text}, and reads have no time limit on the server", _LIMIT)


def _clock(ahead_s: float) -> Iterator[Finding]:
    """Says nothing if they agree."""
    off_s = abs(round(ahead_s))
    if off_s > SKEW_WARNING_S:
        text = f"this machine's clock is {off_s} s {'behind' if ahead_s > 0 else 'ahead of'} the database's"
        level = Level.WRONG if off_s > SKEW_WRONG_S else Level.WARNING
        yield Finding("database clock", level, text, "Operator: synchronise both clocks with NTP.")
