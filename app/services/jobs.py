"""Background work: what `sso-bridge worker` does, each job as often as it needs. Any number of workers may run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.ports.system import Clock

IDLE_S = 60.0

Report = Callable[[str, Exception | None], None]
"""Told of each run: the job's name, and what went wrong or None."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something that may run twice at once, or not for a while, without harm."""

    name: str
    every_s: float
    run: Callable[[], object]


@dataclass(slots=True)
class Jobs:
    """Runs what is due. A job that fails does not keep the others from running."""

    clock: Clock
    jobs: Sequence[Job]
    _next: dict[str, float] = field(default_factory=dict)

    def run_due(self, report: Report) -> float:
        """Run what is due now; in how many seconds the next one will be."""
        for job in self.jobs:
            if self.clock.monotonic() < self._next.get(job.name, 0.0):
                continue
            try:
                job.run()
            except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs go on
                report(job.name, error)
            else:
                report(job.name, None)
            self._next[job.name] = self.clock.monotonic() + job.every_s
        now = self.clock.monotonic()
        return max(0.0, min(self._next.values(), default=now + IDLE_S) - now)
