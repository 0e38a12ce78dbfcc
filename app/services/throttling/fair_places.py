"""A few places to work in, with a queue in which networks take turns, however much each of them sends."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

AT_ONCE = 2
"""Passwords hashed in parallel in one worker: each takes a core and 64 MiB."""
WAITING = 30
"""Each waiting request holds a thread: together with those being hashed, half of a worker's 64."""
WAIT_S = 15.0
"""Shorter than the time a stopping worker gives its requests; enough to serve 30 even on a busy machine."""
RETRY_AFTER_S = 5


class NoPlace(SsoError):
    """Nothing was checked, so it does not count as a try."""

    def __init__(self, waiting: int) -> None:
        super().__init__(ReasonCode.THROTTLED, retry_after_s=RETRY_AFTER_S, waiting=waiting)


class FairPlaces:
    """For one process. Networks take turns, and each is served in order of arrival.

    When the queue is full, the last request of its longest line makes room for a network with a shorter one (fair
    queueing with longest queue drop): a flood from one address is turned away, and nobody else because of it.
    """

    def __init__(self, *, at_once: int = AT_ONCE, waiting: int = WAITING, wait_s: float = WAIT_S) -> None:
        self._free = at_once
        self._most = waiting
        self._wait_s = wait_s
        self._lock = Lock()
        self._lines: OrderedDict[str, deque[Future[bool]]] = OrderedDict()
        """The waiting requests by network; the next in turn comes first. A future tells whether it got its place."""

    @property
    def waiting(self) -> int:
        return sum(map(len, self._lines.values()))

    @contextmanager
    def place(self, network: str) -> Iterator[None]:
        """Raises NoPlace at once if the queue is full, or later if no place becomes free in time."""
        turn = self._line_up(network)
        try:
            came = turn.result(timeout=self._wait_s)
        except TimeoutError:
            came = not self._gave_up(network, turn)
        if not came:
            raise NoPlace(self._most)
        try:
            yield
        finally:
            self._pass_on()

    def _line_up(self, network: str) -> Future[bool]:
        turn: Future[bool] = Future()
        with self._lock:
            if self._free:  # then nobody is waiting
                self._free -= 1
                turn.set_result(True)
            elif self.waiting < self._most or self._made_room_for(network):
                self._lines.setdefault(network, deque()).append(turn)
            else:
                turn.set_result(False)
        return turn

    def _made_room_for(self, network: str) -> bool:
        longest = max(self._lines, key=lambda one: len(self._lines[one]), default=network)
        # A difference of two: with one, two lines of equal length would drop each other's requests with every newcomer.
        if longest == network or len(self._lines[longest]) < len(self._lines.get(network, ())) + 2:
            return False
        self._lines[longest].pop().set_result(False)
        return True

    def _gave_up(self, network: str, turn: Future[bool]) -> bool:
        """False if the place came just as the time ran out."""
        with self._lock:
            if turn.done():
                return not turn.result()
            self._lines[network].remove(turn)
            if not self._lines[network]:
                del self._lines[network]
            return True

    def _pass_on(self) -> None:
        with self._lock:
            if not self._lines:
                self._free += 1
                return
            network, line = self._lines.popitem(last=False)
            turn = line.popleft()
            if line:
                self._lines[network] = line  # behind all others
            turn.set_result(True)
