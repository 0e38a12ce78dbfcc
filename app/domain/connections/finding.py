"""One result of a check: what was checked, how it is, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """Logins work, but not as well or as long as they could."""
    WRONG = "wrong"
    """Logins fail, or soon will."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` says what was found, `remedy` who should do what about it; empty if there is nothing to do."""

    check: str
    level: Level = Level.OK
    text: str = ""
    remedy: str = ""
