"""People who sign in all the time, and look whether the sessions that they were given are still good and theirs."""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event, Thread
from types import TracebackType
from typing import Self

from tests.drills.stage.browser import NO_CONNECTION, Browser, Person, Refused, Wrong

PACE_S = 0.1
"""Between two turns of one person: drills are about what breaks, not about what a machine can carry."""
START_S = 60
KEPT = 400


@dataclass
class Load:
    """Two threads a person. As a context it runs; entering waits for the first login, leaving for the last."""

    base: str
    people: Sequence[Person]
    logins: list[float] = field(default_factory=list)
    """When each login was complete."""
    checks: int = 0
    refused: int = 0
    """Answers of 503 with Retry-After."""
    unconnected: int = 0
    """Connections that could not be made, or broke."""
    wrong: Counter[str] = field(default_factory=Counter)
    """Answers that no outage excuses."""
    slowest_s: float = 0.0
    took: list[float] = field(default_factory=list)
    """How long each login took, in seconds."""
    began: float = 0.0
    ended: float = 0.0
    _given: deque[tuple[Person, Browser]] = field(default_factory=lambda: deque(maxlen=KEPT))
    _end: Event = field(default_factory=Event)
    _threads: list[Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.began = time.monotonic()
        self._threads = [Thread(target=self._turns, args=(person,)) for person in [*self.people, *self.people]]
        for thread in self._threads:
            thread.start()
        if not self.more_logins(len(self.people), within_s=START_S):
            self._stop()
            raise AssertionError(f"nobody can sign in before the drill has begun: {self.wrong or self.refused}")
        self._forget()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def more_logins(self, count: int = 1, *, within_s: float = 30) -> bool:
        """Wait for so many from now on."""
        wanted = len(self.logins) + count
        return self.until(lambda: len(self.logins) >= wanted, within_s=within_s)

    def until(self, met: Callable[[], bool], *, within_s: float) -> bool:
        """Let it run until the condition is met, or the time is over."""
        deadline = time.monotonic() + within_s
        while not met():
            if time.monotonic() > deadline:
                return False
            self._end.wait(0.02)
        return True

    def run_for(self, seconds: float) -> None:
        self._end.wait(seconds)

    def down_s(self) -> float:
        """The longest time without a completed login."""
        moments = sorted([self.began, *(at for at in list(self.logins) if at >= self.began), self.ended or self.began])
        return max(later - earlier for earlier, later in pairwise(moments))

    def p99_s(self) -> float:
        """So long, or less, took 99 logins of 100."""
        return sorted(self.took)[int(len(self.took) * 0.99) - 1] if self.took else 0.0

    def lost(self) -> int:
        """How many of the sessions that were given out (the newest 400 of them) are not good any more."""
        return sum(not self._still_good(person, browser) for person, browser in list(self._given))

    def said(self) -> str:
        """In a few words."""
        parts = [f"{len(self.logins)} logins, {self.checks} session checks"]
        if self.refused:
            parts.append(f"{self.refused} answers of 503 with Retry-After")
        if self.unconnected:
            parts.append(f"{self.unconnected} broken connections")
        if self.wrong:
            parts.append(f"{self.wrong.total()} wrong answers")
        return ", ".join(parts)

    def worst(self) -> str:
        return "; ".join(f"{count} × {text}" for text, count in self.wrong.most_common(2))

    def mistaken(self) -> int:
        """Answers about somebody else."""
        return sum(count for text, count in self.wrong.items() if "is answered as" in text)

    def _forget(self) -> None:
        """What was seen while the server was warming up."""
        self.refused, self.unconnected, self.slowest_s = 0, 0, 0.0
        self.took.clear()
        self.wrong.clear()
        self.began = time.monotonic()

    def _turns(self, person: Person) -> None:
        while not self._end.wait(PACE_S):
            browser, began = Browser(self.base), time.monotonic()
            if self._carried_out(browser.login, person):
                self.logins.append(time.monotonic())
                self.took.append(self.logins[-1] - began)
                self._given.append((person, browser))
            if self._given:
                whose, earlier = self._given[len(self.logins) * 7 % len(self._given)]
                self.checks += self._carried_out(Browser(self.base, dict(earlier.cookies)).check, whose)

    def _carried_out(self, act: Callable[[Person], object], person: Person) -> bool:
        began = time.monotonic()
        try:
            act(person)
        except Refused:
            self.refused += 1
        except NO_CONNECTION:
            self.unconnected += 1
        except (Wrong, LookupError, ValueError) as wrong:
            self.wrong[str(wrong)] += 1
        else:
            return True
        finally:
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        return False

    def _still_good(self, person: Person, browser: Browser) -> bool:
        try:
            Browser(self.base, dict(browser.cookies)).check(person)
        except (Refused, Wrong, *NO_CONNECTION):
            return False
        return True

    def _stop(self) -> None:
        self.ended = time.monotonic()
        self._end.set()
        for thread in self._threads:
            thread.join()
