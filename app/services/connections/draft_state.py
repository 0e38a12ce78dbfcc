"""What pages show of a draft, and why it cannot be activated."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.audit.audit import differing
from app.domain.connections.connection import Connection
from app.domain.connections.draft import Consequence, Draft, DraftKind, consequences
from app.domain.errors import InvalidInput, Refused
from app.services.apply.connections import connection_shown


class DraftProblem(StrEnum):
    """Why a draft cannot be activated, or a version not be restored."""

    UNTESTED = "untested"
    """No test has passed with exactly these settings."""
    OVERTAKEN = "overtaken"
    """The connection itself was changed since the draft was begun."""
    NO_DOMAIN = "no_domain"
    """Anyone can sign up at the provider, its emails count unverified, and the tenant has no domain of its own."""
    NO_PREVIOUS = "no_previous"
    """There is nothing to go back to: the connection was changed otherwise since."""


class DraftRefused(Refused):
    """The pages put the problem into words."""

    def __init__(self, problem: DraftProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class DraftState:
    """A draft, the connection as it is now, and what the draft still lacks, by the rules of `apply`."""

    draft: Draft
    connection: Connection
    problems: tuple[InvalidInput, ...]

    @property
    def overtaken(self) -> bool:
        return self.draft.base != self.connection.version

    @property
    def ready(self) -> bool:
        """It could be activated."""
        return self.draft.tested and not self.problems and not self.overtaken

    @property
    def changed_keys(self) -> tuple[str, ...]:
        """What activating it would change; everything for a new connection."""
        before = connection_shown(self.connection)
        _, after = differing(before, connection_shown(self.draft.settings, self.connection))
        return tuple(after)

    @property
    def consequences(self) -> Sequence[Consequence]:
        """What people notice of it; nothing of a new connection, which nobody has used."""
        if self.draft.kind is DraftKind.NEW:
            return []
        return consequences(self.connection, self.draft.settings)
