"""Background work of `sso-bridge worker`: each job at its own interval. Any number of workers may run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.ports.system import Clock

IDLE_S = 60.0


class Unfinished:
    """What a job returns that has more to do: it goes on as soon as the others have had their turn."""


UNFINISHED = Unfinished()

Report = Callable[[str, Exception | None], None]
"""Called after each run with the job's name and its error, or None."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that does no harm if it runs twice at once or is delayed."""

    name: str
    every_s: float
    run: Callable[[], object]


@dataclass(slots=True)
class Jobs:
    """Runs the jobs that are due. A failing job does not stop the others."""

    clock: Clock
    jobs: Sequence[Job]
    _next: dict[str, float] = field(default_factory=dict)

    @property
    def unfinished(self) -> bool:
        """Whether one has more to do than it did in its turn."""
        return 0.0 in self._next.values()

    def run_due(self, report: Report) -> float:
        """Run the jobs that are due; returns the seconds until the next one."""
        for job in self.jobs:
            if self.clock.monotonic() < self._next.get(job.name, 0.0):
                continue
            result: object = None
            try:
                result = job.run()
            except Exception as error:  # noqa: BLE001 - the other jobs must run whatever happens
                report(job.name, error)
            else:
                report(job.name, None)
            self._next[job.name] = 0.0 if result is UNFINISHED else self.clock.monotonic() + job.every_s
        now = self.clock.monotonic()
        return max(0.0, min(self._next.values(), default=now + IDLE_S) - now)
