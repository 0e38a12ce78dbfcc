"""A few places to work in, and a queue before them in which each network has its turn, however much it sends."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode

AT_ONCE = 2
"""Passwords hashed side by side in one worker: each takes a core and 64 MiB."""
WAITING = 30
"""Each holds a thread: with those that are hashed, half of a worker's 64. The others are for everything else."""
WAIT_S = 15.0
"""Shorter than a worker that stops leaves its requests; 30 are served in it on a machine that is busy with others."""
RETRY_AFTER_S = 5


class NoPlace(SsoError):
    """Nothing was looked at: it counts as no try."""

    def __init__(self, waiting: int) -> None:
        super().__init__(ReasonCode.THROTTLED, retry_after_s=RETRY_AFTER_S, waiting=waiting)


class FairPlaces:
    """Of one process. Networks take turns, and each is served in the order in which it came.

    Where the queue is full, whoever stands last in its longest line makes room for a network that has a shorter one
    (fair queueing with longest queue drop): a flood from one address is turned away, and nobody else for its sake.
    """

    def __init__(self, *, at_once: int = AT_ONCE, waiting: int = WAITING, wait_s: float = WAIT_S) -> None:
        self._free = at_once
        self._most = waiting
        self._wait_s = wait_s
        self._lock = Lock()
        self._lines: OrderedDict[str, deque[Future[bool]]] = OrderedDict()
        """Who waits, by network; the one whose turn is next stands first. A future says whether its place has come."""

    @property
    def waiting(self) -> int:
        return sum(map(len, self._lines.values()))

    @contextmanager
    def place(self, network: str) -> Iterator[None]:
        """Raises NoPlace at once where the queue is full, and after a while where no place comes free."""
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
            if self._free:  # then nobody waits
                self._free -= 1
                turn.set_result(True)
            elif self.waiting < self._most or self._made_room_for(network):
                self._lines.setdefault(network, deque()).append(turn)
            else:
                turn.set_result(False)
        return turn

    def _made_room_for(self, network: str) -> bool:
        longest = max(self._lines, key=lambda one: len(self._lines[one]), default=network)
        # By two: by one, two lines of the same length would push each other out with every newcomer.
        if longest == network or len(self._lines[longest]) < len(self._lines.get(network, ())) + 2:
            return False
        self._lines[longest].pop().set_result(False)
        return True

    def _gave_up(self, network: str, turn: Future[bool]) -> bool:
        """False where the place came in the very moment in which the time was over."""
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
