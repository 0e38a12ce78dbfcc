"""What a drill hands back: one row of the table."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Row:
    """`broken`: what was promised and did not hold. The drill's name is its file's."""

    promise: str
    happened: str
    lost: int
    """Sessions that had been given out and are not good afterwards."""
    let_in: int
    """Whoever was answered as somebody else, or got in where the door should have been shut."""
    down_s: float
    """The longest time without a completed login, while somebody tried all the time."""
    broken: Sequence[str] = ()

    def cells(self, title: str) -> str:
        """As a line of a Markdown table."""
        kept = "kept" if not self.broken else "**broken**: " + "; ".join(self.broken)
        cells = (
            title,
            self.promise,
            self.happened,
            self.lost,
            self.let_in,
            f"{self.down_s:.1f}",
            kept,
        )
        return "| " + " | ".join(str(cell).replace("|", "/").replace("\n", " ") for cell in cells) + " |"


@dataclass
class Findings:
    """Collects, in the course of a drill, what happened and what did not hold."""

    said: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    let_in: int = 0

    def say(self, text: str) -> None:
        self.said.append(text)

    def hold(self, *, that: bool, otherwise: str) -> None:
        if not that:
            self.broken.append(otherwise)
