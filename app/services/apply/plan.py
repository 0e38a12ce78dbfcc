"""What applying a file does, line by line: `+ tenant acme`, `~ connection acme/main: client_id`."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.connections.connection import ConnectionId
from app.domain.errors import Detail


class Mark(StrEnum):
    """The mark at the start of a line."""

    CREATED = "+"
    CHANGED = "~"
    NOTE = "!"


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed key of an object. For a secret, the values only say that it is set, changed or removed."""

    key: str
    before: Detail
    after: Detail


@dataclass(frozen=True, slots=True)
class PlanLine:
    """`subject` is a noun and a name; `detail` the changed keys, or a remark."""

    mark: Mark
    subject: str
    detail: str = ""
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        return f"{self.mark} {self.subject}: {self.detail}" if self.detail else f"{self.mark} {self.subject}"


@dataclass(frozen=True, slots=True)
class ProvisionedConnection:
    """A connection in the file: its id is part of its redirect URI. `existed` before this plan."""

    tenant: str
    name: str
    id: ConnectionId
    existed: bool


@dataclass(frozen=True, slots=True)
class Applied:
    """The plan, and the connections in the file."""

    lines: tuple[PlanLine, ...]
    connections: tuple[ProvisionedConnection, ...]

    @property
    def changes(self) -> bool:
        """Whether anything differs; notes do not count."""
        return any(line.mark is not Mark.NOTE for line in self.lines)
