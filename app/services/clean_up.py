"""Removes what is over, a little at a time, so that nobody who signs in waits for it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.ports.system import Clock
from app.services.jobs import UNFINISHED, Job, Unfinished

TRANSACTION_S = 0.025
"""How long one transaction should last: on SQLite, nobody else can write meanwhile."""
PAUSES = 1.0
"""How long others have their turn after each transaction, as a multiple of what it took."""
TURN_S = 0.5
"""Then the worker's other jobs have theirs."""
FIRST, LEAST, MOST = 200, 10, 5000
"""How many rows a transaction begins with, and its limits."""


@dataclass(slots=True)
class Turn:
    """Removes in transactions of about the same length, whatever the database and however busy."""

    clock: Clock
    pause: Callable[[float], object]
    ends_at: float
    unfinished: bool = False

    def remove(self, remove_some: Callable[[int], int]) -> int:
        """Calls it until it removes fewer than it might, or this turn is over. Returns how many were removed."""
        removed, most = 0, FIRST
        while not self.unfinished:
            began = self.clock.monotonic()
            found = remove_some(most)
            took_s = self.clock.monotonic() - began
            removed += found
            if found < most:
                break
            most = max(LEAST, min(MOST, round(most * min(2.0, TRANSACTION_S / max(took_s, 1e-6)))))
            self.pause(took_s * PAUSES)
            self.unfinished = self.clock.monotonic() >= self.ends_at
        return removed


@dataclass(frozen=True, slots=True)
class CleanUp:
    """Makes jobs of the worker. `pause` sleeps so many seconds."""

    clock: Clock
    pause: Callable[[float], object]

    def job(self, name: str, *, every_s: float, remove: Callable[[Turn], object]) -> Job:
        def run() -> Unfinished | None:
            turn = Turn(self.clock, self.pause, ends_at=self.clock.monotonic() + TURN_S)
            remove(turn)
            return UNFINISHED if turn.unfinished else None

        return Job(name, every_s, run)
