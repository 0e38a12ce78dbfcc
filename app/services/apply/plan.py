"""What applying a file does, line by line: `+ tenant acme`, `~ connection acme/main: client_id`."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.connections.connection import ConnectionId
from app.domain.errors import Detail


class Mark(StrEnum):
    """How a line begins."""

    CREATED = "+"
    CHANGED = "~"
    NOTE = "!"


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of an object that changes. Of a secret the values say only what becomes of it."""

    key: str
    before: Detail
    after: Detail


@dataclass(frozen=True, slots=True)
class PlanLine:
    """`subject` is a noun and a name; `detail` the keys that change, or what somebody should know."""

    mark: Mark
    subject: str
    detail: str = ""
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        return f"{self.mark} {self.subject}: {self.detail}" if self.detail else f"{self.mark} {self.subject}"


@dataclass(frozen=True, slots=True)
class ProvisionedConnection:
    """One that the file names: its id makes its redirect URI. `existed`: before this plan."""

    tenant: str
    name: str
    id: ConnectionId
    existed: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """The plan, and the connections that the file names."""

    lines: tuple[PlanLine, ...]
    connections: tuple[ProvisionedConnection, ...]

    @property
    def changes(self) -> bool:
        """Whether anything differed; notes do not count."""
        return any(line.mark is not Mark.NOTE for line in self.lines)
