"""One result of a check-up: what was looked at, how it is, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """Logins work, but not as well or as long as they could."""
    WRONG = "wrong"
    """Logins do not work, or will not for long."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` says what was found, `remedy` who does what about it; empty where nothing is to be done."""

    check: str
    level: Level = Level.OK
    text: str = ""
    remedy: str = ""
