from collections.abc import Callable

from app.services.clean_up import FIRST, LEAST, MOST, TRANSACTION_S, TURN_S, CleanUp, Turn
from app.services.jobs import Jobs
from tests.contracts.samples import NOW, StoppedClock


def removing(clock: StoppedClock, *, row_s: float, many: int, sizes: list[int]) -> Callable[[int], int]:
    """A database that takes `row_s` for each of `many` rows."""

    def remove_some(most: int) -> int:
        found = min(most, many - sum(sizes))
        clock.time += found * row_s
        sizes.append(found)
        return found

    return remove_some


def test_a_transaction_is_made_as_large_as_it_may_last() -> None:
    for row_s in (1e-5, 1e-4, 1e-3):
        clock, sizes = StoppedClock(), list[int]()
        turn = Turn(clock, lambda _s: None, ends_at=NOW + 60)
        turn.remove(removing(clock, row_s=row_s, many=20_000, sizes=sizes))
        lasted = TRANSACTION_S / row_s
        assert all(size * row_s <= 2 * TRANSACTION_S for size in sizes[1:]), "however slow the database is"
        assert max(LEAST, min(MOST, lasted)) * 0.9 <= max(sizes[1:]) <= MOST


def test_others_have_as_much_time_as_it_takes() -> None:
    clock, sizes, pauses = StoppedClock(), list[int](), list[float]()
    turn = Turn(clock, pauses.append, ends_at=NOW + 60)
    turn.remove(removing(clock, row_s=1e-4, many=1000, sizes=sizes))
    assert pauses[0] == sizes[0] * 1e-4 or abs(pauses[0] - sizes[0] * 1e-4) < 1e-6
    assert len(pauses) == len(sizes) - 1, "none after the last"


def test_a_database_that_is_slow_from_the_start_is_not_held_up() -> None:
    clock, sizes = StoppedClock(), list[int]()
    turn = Turn(clock, lambda _s: None, ends_at=NOW + TURN_S)
    turn.remove(removing(clock, row_s=0.01, many=100_000, sizes=sizes))
    assert sizes == [FIRST]
    assert turn.unfinished


def test_a_job_with_more_to_do_lets_the_others_go_first_and_goes_on() -> None:
    clock, sizes, order = StoppedClock(), list[int](), list[str]()
    remove_some = removing(clock, row_s=1e-3, many=2000, sizes=sizes)
    clean_up = CleanUp(clock, pause=lambda _s: None)

    def remove(turn: Turn) -> None:
        order.append("clean up")
        turn.remove(remove_some)

    long = clean_up.job("clean up", every_s=600, remove=remove)
    quick = clean_up.job("quick", every_s=0.1, remove=lambda _turn: order.append("quick"))
    jobs = Jobs(clock=clock, jobs=(long, quick))
    waits = [jobs.run_due(lambda *_: None)]
    while jobs.unfinished:
        waits.append(jobs.run_due(lambda *_: None))
    assert sum(sizes) == 2000
    assert order[:4] == ["clean up", "quick", "clean up", "quick"]
    assert set(waits[:-1]) == {0.0}
    assert waits[-1] > 0
