"""The outbox: stored mail."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.mail.message import Backlog, QueuedMessage


class Outbox(Protocol):
    """Mail before and after delivery. Only `OutboxService` writes here."""

    def add(self, message: QueuedMessage) -> None: ...
    def claim(self, *, now: float, until: float) -> QueuedMessage | None:
        """Take the message that is due longest and count one more try; nobody else gets it before `until`."""

    def settle(self, message: QueuedMessage) -> bool:
        """Store the result for a claimed message; False if another process has claimed or settled it since."""

    def postpone(self, *, now: float, until: float) -> None:
        """Postpone everything that is due now to `until`."""

    def backlog(self) -> Backlog: ...
    def newest(self, *, most: int) -> Sequence[QueuedMessage]:
        """Newest first, in any state; without those that are for nobody."""

    def forget(self, *, before: float, most: int) -> int:
        """Delete at most so many messages that were settled before that time. Returns how many."""
