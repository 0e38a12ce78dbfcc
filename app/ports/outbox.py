"""The outbox: what is kept of mail."""

from collections.abc import Sequence
from typing import Protocol

from app.domain.mail.message import Backlog, QueuedMessage


class Outbox(Protocol):
    """Mail that waits for its delivery, or had it. `OutboxService` alone writes here."""

    def add(self, message: QueuedMessage) -> None: ...
    def claim(self, *, now: float, until: float) -> QueuedMessage | None:
        """Take the one that is due longest, with one more try: nobody else gets it before `until`."""

    def settle(self, message: QueuedMessage) -> bool:
        """Store what became of a claimed one; False where somebody else has claimed or settled it since."""

    def postpone(self, *, now: float, until: float) -> None:
        """Nothing that is due now is due before `until`."""

    def backlog(self) -> Backlog: ...
    def newest(self, *, most: int) -> Sequence[QueuedMessage]:
        """Newest first, whatever became of them; none that is for nobody."""

    def forget(self, *, before: float) -> int:
        """Remove those that were settled before that time."""
