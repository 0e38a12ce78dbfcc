from redis import Redis

from app.adapters.redis.counters import RedisCounters
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.ports.counters import Counters, Limit
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import StoppedClock, unstorable
from tests.services.redis import RedisServer

NAME = Limit(key="name:bob", most=2, window_s=60)
ADDRESS = Limit(key="address:192.0.2.1", most=4, window_s=600)


def test_a_limit_allows_so_many_and_then_tells_how_long_to_wait(counters: Counters) -> None:
    assert [counters.hit([NAME]) for _ in range(2)] == [0, 0]
    assert 59 <= counters.hit([NAME]) <= 60


def test_keys_are_counted_apart(counters: Counters) -> None:
    other = Limit(key="name:alice", most=2, window_s=60)
    assert [counters.hit([limit]) for limit in (NAME, NAME, other, other)] == [0, 0, 0, 0]


def test_the_wait_is_that_of_the_last_exceeded_limit_to_open(counters: Counters) -> None:
    for _ in range(4):
        counters.hit([ADDRESS, NAME])
    assert 599 <= counters.hit([ADDRESS, NAME]) <= 600


def test_every_limit_is_counted_although_one_is_exceeded(counters: Counters) -> None:
    waits = [counters.hit([NAME, ADDRESS]) for _ in range(4)]
    assert waits[:2] == [0, 0]
    assert all(59 <= wait <= 60 for wait in waits[2:])
    assert counters.hit([ADDRESS]) >= 599


def test_what_was_forgiven_was_not_counted(counters: Counters) -> None:
    for _ in range(10):
        assert counters.hit([NAME, ADDRESS]) == 0
        counters.forgive([NAME, ADDRESS])


def test_forgiving_what_was_not_counted_gives_no_credit(counters: Counters) -> None:
    counters.forgive([NAME, ADDRESS])
    counters.hit([NAME])
    for _ in range(3):
        counters.forgive([NAME])
    assert [counters.hit([NAME]) > 0 for _ in range(3)] == [False, False, True]


def test_no_limits_allow_everything(counters: Counters) -> None:
    assert counters.hit([]) == 0
    counters.forgive([])


def test_any_text_can_be_counted(counters: Counters) -> None:
    for text in (*unstorable(), "ümlaut", "x" * 100_000):
        limit = Limit(key=text, most=1, window_s=60)
        assert counters.hit([limit]) == 0
        assert counters.hit([limit]) > 0


def test_hits_at_the_same_moment_are_all_counted(counters: Counters) -> None:
    limits = [Limit(key=f"race:{number}", most=5, window_s=60) for number in range(3)]

    def hit(number: int) -> int:
        turn = number % len(limits)
        return counters.hit(limits[turn:] + limits[:turn])

    waits = all_at_once(hit)
    assert len([wait for wait in waits if wait == 0]) == 5
    assert len([wait for wait in waits if wait > 0]) == AT_ONCE - 5


def test_hitting_and_forgiving_at_the_same_moment_lose_nothing(counters: Counters) -> None:
    limits = [Limit(key=f"race:{number}", most=AT_ONCE, window_s=60) for number in range(4)]

    def hit_and_forgive(number: int) -> None:
        for _ in range(20):
            counters.hit(limits if number % 2 else limits[::-1])
            counters.forgive(limits[::-1])

    all_at_once(hit_and_forgive)
    assert [counters.hit(limits) for _ in range(AT_ONCE)] == [0] * AT_ONCE
    assert counters.hit(limits) > 0


def test_a_window_ends_by_the_clock_and_the_next_begins_with_the_next_hit(
    database: SqlDatabase, clock: StoppedClock
) -> None:
    counters = SqlCounters(database.engine, clock)
    for _ in range(3):
        counters.hit([NAME])
    clock.time += 59.5
    assert counters.hit([NAME]) == 1
    clock.time += 0.5
    assert [counters.hit([NAME]) for _ in range(3)] == [0, 0, 60]


def test_in_redis_each_counter_ends_by_itself(redis_server: RedisServer) -> None:
    counters = RedisCounters(redis_server.url)
    counters.hit([NAME, ADDRESS])
    client = counters._client
    left = sorted(client.pttl(key) for key in client.scan_iter())
    assert 59_000 < left[0] <= 60_000
    assert 599_000 < left[1] <= 600_000
    counters.close()


def test_a_window_ends_as_long_after_its_first_hit_however_often_it_is_hit(
    database: SqlDatabase, clock: StoppedClock
) -> None:
    """Otherwise whoever goes on trying keeps a person out for ever."""
    counters = SqlCounters(database.engine, clock)
    for waited_s in (0, 20, 20):
        clock.time += waited_s
        counters.hit([NAME])
    assert counters.hit([NAME]) == 20
    clock.time += 20
    assert counters.hit([NAME]) == 0


def test_in_redis_a_window_ends_as_long_after_its_first_hit_however_often_it_is_hit(redis_server: RedisServer) -> None:
    """Its server's clock cannot be moved: most of the window is made to be over."""
    counters = RedisCounters(redis_server.url)
    counters.hit([NAME])
    client = counters._client
    (key,) = client.scan_iter()
    for left_ms in (30_000, 10_000):
        client.pexpire(key, left_ms)
        for _ in range(3):
            counters.hit([NAME])
        assert 0 < client.pttl(key) <= left_ms
        assert 0 < counters.hit([NAME]) <= left_ms // 1000
        (stopped,) = counters.stopped("")
        assert stopped.until - clock_of(client) <= left_ms / 1000
    counters.close()


def clock_of(client: Redis) -> float:
    seconds, microseconds = client.time()
    return float(seconds + microseconds / 1_000_000)


def test_in_redis_a_counter_that_lost_its_end_gets_one_again(redis_server: RedisServer) -> None:
    counters = RedisCounters(redis_server.url)
    counters.hit([NAME])
    client = counters._client
    (key,) = client.scan_iter()
    client.persist(key)
    counters.hit([NAME])
    assert 59_000 < client.pttl(key) <= 60_000
    counters.close()


def test_asking_how_long_to_wait_counts_nothing(counters: Counters) -> None:
    assert [counters.wait_s([NAME, ADDRESS]) for _ in range(5)] == [0] * 5
    counters.hit([NAME])
    assert counters.wait_s([NAME, ADDRESS]) == 0
    counters.hit([NAME])
    assert 59 <= counters.wait_s([NAME, ADDRESS]) <= 60
    assert counters.wait_s([ADDRESS]) == counters.wait_s([]) == 0
    counters.release([NAME.key])
    assert counters.wait_s([NAME]) == 0
