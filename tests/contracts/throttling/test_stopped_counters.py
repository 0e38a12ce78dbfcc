from app.adapters.redis.counters import RedisCounters
from app.adapters.sql.throttling.counters import SqlCounters
from app.adapters.sql.unit_of_work import SqlDatabase
from app.ports.counters import Counters, Limit, readable
from tests.contracts.race import AT_ONCE, all_at_once
from tests.contracts.samples import StoppedClock, unstorable
from tests.services.redis import RedisServer

NAME = Limit(key="name:bob", most=2, window_s=60)
ADDRESS = Limit(key="address:192.0.2.1", most=4, window_s=600)


def keys(counters: Counters, prefix: str = "") -> list[str]:
    return [one.key for one in counters.stopped(prefix)]


def test_what_refuses_the_next_hit_is_listed_and_nothing_else(counters: Counters) -> None:
    counters.hit([NAME, ADDRESS])
    assert keys(counters) == []
    counters.hit([NAME, ADDRESS])
    assert keys(counters) == [NAME.key]


def test_it_tells_how_often_it_was_hit_and_until_when_it_refuses(counters: Counters) -> None:
    waits = [counters.hit([NAME]) for _ in range(5)]
    (stopped,) = counters.stopped("name:")
    assert stopped.hits == 5
    assert waits[-1] >= 59
    counters.release([NAME.key])
    for _ in range(2):
        counters.hit([NAME])
    (again,) = counters.stopped("name:")
    assert 0 <= again.until - stopped.until < 10


def test_only_keys_with_the_prefix_are_listed_in_their_order(counters: Counters) -> None:
    limits = [Limit(key=key, most=1, window_s=60) for key in ("name:b", "name:a", "name%", "named:c")]
    for limit in limits:
        counters.hit([limit])
    assert keys(counters, "name:") == ["name:a", "name:b"]
    assert keys(counters) == ["name%", "name:a", "name:b", "named:c"]


def test_what_was_released_is_counted_from_nothing(counters: Counters) -> None:
    for _ in range(9):
        counters.hit([NAME, ADDRESS])
    counters.release([NAME.key])
    assert keys(counters) == [ADDRESS.key]
    assert [counters.hit([NAME]) > 0 for _ in range(3)] == [False, False, True]


def test_releasing_what_is_not_stopped_does_nothing(counters: Counters) -> None:
    counters.release([])
    counters.release(["name:nobody"])
    counters.hit([NAME])
    counters.release([ADDRESS.key])
    counters.hit([NAME])
    assert keys(counters) == [NAME.key]


def test_what_was_forgiven_below_its_limit_refuses_no_longer(counters: Counters) -> None:
    for _ in range(2):
        counters.hit([NAME])
    counters.forgive([NAME])
    assert keys(counters) == []
    counters.hit([NAME])
    assert keys(counters) == [NAME.key]


def test_a_smaller_limit_stops_what_was_counted_before(counters: Counters) -> None:
    for _ in range(3):
        counters.hit([Limit(key="name:bob", most=10, window_s=60)])
    assert keys(counters) == []
    assert counters.hit([Limit(key="name:bob", most=3, window_s=60)]) > 0
    assert keys(counters) == ["name:bob"]


def test_any_text_can_be_listed_and_released(counters: Counters) -> None:
    odd = [*unstorable(), "ümlaut", "x" * 100_000, 'a"b\\c%_\n']
    for text in odd:
        counters.hit([Limit(key=text, most=1, window_s=60)])
    assert sorted(keys(counters)) == sorted(set(map(readable, odd)))
    counters.release(keys(counters))
    assert keys(counters) == []


def test_what_many_stop_at_the_same_moment_is_listed_once(counters: Counters) -> None:
    all_at_once(lambda _: counters.hit([NAME, ADDRESS]))
    assert [(one.key, one.hits) for one in counters.stopped("")] == [(ADDRESS.key, AT_ONCE), (NAME.key, AT_ONCE)]


def test_a_window_that_is_over_stops_nobody(database: SqlDatabase, clock: StoppedClock) -> None:
    counters = SqlCounters(database.engine, clock)
    for _ in range(3):
        counters.hit([NAME])
    clock.time += 60
    assert keys(counters) == []
    counters.hit([NAME])
    assert keys(counters) == []


def test_in_redis_a_window_that_is_over_stops_nobody(redis_server: RedisServer) -> None:
    counters = RedisCounters(redis_server.url)
    counters.hit([Limit(key="name:bob", most=1, window_s=60)])
    client = counters._client
    (key,) = [key for key in client.scan_iter() if not key.endswith(b":stopped")]
    client.delete(key)
    assert keys(counters) == []
    counters.close()


def test_in_redis_the_list_ends_with_the_last_window(redis_server: RedisServer) -> None:
    counters = RedisCounters(redis_server.url)
    for limit in (Limit(key="name:bob", most=1, window_s=600), Limit(key="name:alice", most=1, window_s=60)):
        counters.hit([limit])
    assert 599_000 < counters._client.pttl("{counters}:stopped") <= 600_000
    counters.close()


def test_what_is_counted_is_written_nowhere_before_it_is_stopped(database: SqlDatabase, clock: StoppedClock) -> None:
    counters = SqlCounters(database.engine, clock)
    counters.hit([NAME, ADDRESS])
    with database.engine.connect() as connection:
        assert "bob" not in str(connection.exec_driver_sql("SELECT * FROM counters").all())
