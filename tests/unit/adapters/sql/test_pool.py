from dataclasses import dataclass, field

import pytest

from app.adapters.sql.database.pool import Pool
from app.domain.errors import StoreUnavailable


@dataclass(eq=False)
class Line:
    is_usable: bool | Exception = True
    is_clean: bool = True
    closed: bool = False

    def usable(self) -> bool:
        if isinstance(self.is_usable, Exception):
            raise self.is_usable
        return self.is_usable

    def clean(self) -> bool:
        return self.is_clean

    def close(self) -> None:
        self.closed = True


@dataclass
class Exchange:
    refuses: bool = False
    opened: list[Line] = field(default_factory=list)

    def connect(self) -> Line:
        if self.refuses:
            raise ConnectionRefusedError
        self.opened.append(Line())
        return self.opened[-1]


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


@pytest.fixture
def pool(exchange: Exchange) -> Pool[Line]:
    return Pool(exchange.connect, most=3, wait_s=0.01)


def test_a_connection_is_opened_when_it_is_needed_and_the_last_one_used_is_used_next(
    pool: Pool[Line], exchange: Exchange
) -> None:
    assert exchange.opened == []
    first, second = pool.take(), pool.take()
    pool.give(first)
    pool.give(second)
    assert pool.take() is second
    assert pool.take() is first
    assert len(exchange.opened) == 2


def test_beyond_the_most_one_waits_and_is_refused(pool: Pool[Line]) -> None:
    taken = [pool.take() for _ in range(3)]
    with pytest.raises(StoreUnavailable):
        pool.take()
    pool.give(taken[0])
    assert pool.take() is taken[0]


def test_all_that_were_opened_are_kept_and_no_more_are_opened(pool: Pool[Line], exchange: Exchange) -> None:
    for _ in range(2):
        taken = [pool.take() for _ in range(3)]
        for one in taken:
            pool.give(one)
    assert [one.closed for one in exchange.opened] == [False, False, False]


def test_one_that_is_not_clean_is_closed_and_makes_room(pool: Pool[Line]) -> None:
    for _ in range(5):
        one = pool.take()
        one.is_clean = False
        pool.give(one)
        assert one.closed


def test_one_that_is_no_longer_usable_is_closed_and_replaced(pool: Pool[Line]) -> None:
    pool.give(old := pool.take())
    old.is_usable = False
    assert pool.take() is not old
    assert old.closed


def test_where_its_store_is_missing_it_is_closed_and_makes_room(pool: Pool[Line]) -> None:
    for _ in range(5):
        pool.give(one := pool.take())
        one.is_usable = StoreUnavailable("database")
        with pytest.raises(StoreUnavailable):
            pool.take()
        assert one.closed


def test_a_connection_that_fails_to_open_takes_no_place(pool: Pool[Line], exchange: Exchange) -> None:
    exchange.refuses = True
    for _ in range(5):
        with pytest.raises(ConnectionRefusedError):
            pool.take()
    exchange.refuses = False
    assert [pool.take() for _ in range(3)] == exchange.opened


def test_after_closing_it_opens_new_ones(pool: Pool[Line]) -> None:
    pool.give(old := pool.take())
    pool.close()
    assert old.closed
    assert pool.take() is not old
