"""Places for hashing: a flood of one network is turned away, and everybody else has their turn."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from app.domain.reasons.codes import ReasonCode
from app.services.throttling.fair_places import AT_ONCE, WAIT_S, WAITING, FairPlaces, NoPlace
from app.web.server.front import THREADS

TIMEOUT_S = 60


@dataclass
class Queue:
    """Threads in line, one by one, so that a test knows who came first."""

    places: FairPlaces
    served: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    most_inside: int = 0
    _inside: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _threads: list[threading.Thread] = field(default_factory=list)

    def comes(self, network: str, name: str = "") -> None:
        """Returns when it stands in line, or was turned away."""
        before = self.places.waiting, len(self.refused)
        thread = threading.Thread(target=self._work, args=(network, name or network))
        self._threads.append(thread)
        thread.start()
        while (self.places.waiting, len(self.refused)) == before and thread.is_alive():
            thread.join(timeout=0.001)

    def _work(self, network: str, name: str) -> None:
        try:
            with self.places.place(network):
                with self._lock:
                    self.served.append(name)
                    self._inside += 1
                    self.most_inside = max(self.most_inside, self._inside)
                with self._lock:
                    self._inside -= 1
        except NoPlace:
            with self._lock:
                self.refused.append(name)
        finally:
            self._over.release()

    def some_are_over(self, count: int) -> None:
        for _ in range(count):
            assert self._over.acquire(timeout=TIMEOUT_S)

    def all_are_over(self) -> None:
        for thread in self._threads:
            thread.join(timeout=TIMEOUT_S)
            assert not thread.is_alive()


@pytest.fixture
def taken() -> Iterator[ExitStack]:
    """Close it, and the places that somebody has taken come free."""
    with ExitStack() as stack:
        yield stack


def full(taken: ExitStack, *, waiting: int, at_once: int = 1, wait_s: float = TIMEOUT_S) -> Queue:
    places = FairPlaces(at_once=at_once, waiting=waiting, wait_s=wait_s)
    for _ in range(at_once):
        taken.enter_context(places.place("first"))
    return Queue(places)


def test_a_flood_of_guesses_is_turned_away_at_once_and_leaves_every_place_free(taken: ExitStack) -> None:
    queue = full(taken, waiting=4, at_once=2)
    for round_ in range(2):
        for _ in range(10):
            queue.comes("stranger")
        queue.some_are_over(6)
        assert (len(queue.refused), queue.places.waiting) == (6 * (round_ + 1), 4)
        taken.close()
        queue.some_are_over(4)
        queue.all_are_over()
        for _ in range(2):
            taken.enter_context(queue.places.place("first"))
    assert queue.most_inside <= 2


def test_whoever_comes_after_a_flood_from_elsewhere_is_next(taken: ExitStack) -> None:
    queue = full(taken, waiting=20)
    for number in range(11):
        queue.comes("stranger", f"guess {number}")
    queue.comes("office", "alice")
    taken.close()
    queue.all_are_over()
    assert queue.served[:3] == ["guess 0", "alice", "guess 1"]
    assert queue.refused == []


def test_a_flood_that_has_filled_the_queue_makes_room_for_everybody_else(taken: ExitStack) -> None:
    queue = full(taken, waiting=6)
    for number in range(9):
        queue.comes("stranger", f"guess {number}")
    for name in ("alice", "bob"):
        queue.comes("office", name)
    assert queue.refused == ["guess 6", "guess 7", "guess 8", "guess 5", "guess 4"]
    taken.close()
    queue.all_are_over()
    assert queue.served == ["guess 0", "alice", "guess 1", "bob", "guess 2", "guess 3"]


def test_two_that_share_the_queue_do_not_push_each_other_out(taken: ExitStack) -> None:
    queue = full(taken, waiting=4)
    for name in ("one", "one", "other", "other", "one", "other", "one"):
        queue.comes(name)
    queue.some_are_over(3)
    assert sorted(queue.refused) == ["one", "one", "other"]
    taken.close()
    queue.all_are_over()
    assert sorted(queue.served) == ["one", "one", "other", "other"]


def test_those_of_one_network_are_served_in_the_order_in_which_they_came(taken: ExitStack) -> None:
    queue = full(taken, waiting=WAITING)
    names = [f"agent {number}" for number in range(WAITING)]
    for name in names:
        queue.comes("office", name)
    taken.close()
    queue.all_are_over()
    assert (queue.served, queue.refused) == (names, [])


def test_who_waits_too_long_for_a_place_is_turned_away_and_told_when_to_come_again(taken: ExitStack) -> None:
    queue = full(taken, waiting=4, wait_s=0.0)
    with pytest.raises(NoPlace) as stopped, queue.places.place("office"):
        pass
    assert stopped.value.code is ReasonCode.THROTTLED
    assert stopped.value.details == {"retry_after_s": 5, "waiting": 4}
    assert queue.places.waiting == 0
    taken.close()
    with queue.places.place("office"):
        pass


def test_a_place_comes_free_whatever_went_wrong_in_it() -> None:
    places = FairPlaces(at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ValueError, match="in the middle"), places.place("office"):
            raise ValueError("in the middle")


def test_passwords_never_take_more_than_half_of_a_workers_threads() -> None:
    assert AT_ONCE + WAITING <= THREADS // 2
    assert 0 < WAIT_S <= 15
