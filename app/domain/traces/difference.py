"""Where two texts differ that should be the same: what support sees highlighted, and can say on the telephone."""

from dataclasses import dataclass
from enum import StrEnum


class Slip(StrEnum):
    """Differences that are hard to see."""

    FINAL_SLASH = "final_slash"
    CAPITALS = "capitals"
    BLANKS = "blanks"
    SCHEME = "scheme"


@dataclass(frozen=True, slots=True)
class Difference:
    """`begin` and `end` are the parts in common; what differs lies between them and may be empty."""

    begin: str
    expected: str
    received: str
    end: str
    slip: Slip | None

    @property
    def same(self) -> bool:
        return not self.expected and not self.received


def difference(expected: str, received: str) -> Difference:
    """The common beginning, then the common end of the rest."""
    shorter = min(len(expected), len(received))
    begins = next((place for place in range(shorter) if expected[place] != received[place]), shorter)
    left = shorter - begins
    ends = next((place for place in range(left) if expected[-1 - place] != received[-1 - place]), left)
    return Difference(
        begin=expected[:begins],
        expected=expected[begins : len(expected) - ends],
        received=received[begins : len(received) - ends],
        end=expected[len(expected) - ends :],
        slip=None if expected == received else _slip(expected, received),
    )


def _slip(expected: str, received: str) -> Slip | None:
    if expected.rstrip("/") == received.rstrip("/"):
        return Slip.FINAL_SLASH
    if "".join(expected.split()) == "".join(received.split()):
        return Slip.BLANKS
    if expected.partition("://")[2] and expected.partition("://")[2] == received.partition("://")[2]:
        return Slip.SCHEME
    if expected.casefold() == received.casefold():
        return Slip.CAPITALS
    return None
