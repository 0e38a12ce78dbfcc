"""One result of a check: what was checked, how it is, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """`text` says what was found, `remedy` who should do what about it; empty if there is nothing to do.

    Both are for the command line. `code` says the same for a page, which has words of its own for it: the value of a
    ReasonCode, or the name of a finding with these `details`; empty for what needs no words.
    """

    check: str
    level: Level = Level.OK
    text: str = ""
    remedy: str = ""
    code: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
