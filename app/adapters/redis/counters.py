"""Counters in Redis: all limits of one attempt in one round trip, atomically."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import cast

from redis import Redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from app.domain.errors import StoreUnavailable
from app.ports.counters import Limit, Stopped, readable

TIMEOUT_S = 0.5

_HIT = """
local stopped, now = KEYS[1], redis.call('TIME')
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
local wait = 0
for i = 2, #KEYS do
  local key, at = KEYS[i], 3 * (i - 2)
  local most, window_ms, name = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
  local hits, left = redis.call('INCR', key), redis.call('PTTL', key)
  if left < 0 then
    redis.call('PEXPIRE', key, window_ms)
    left = window_ms
  end
  if hits >= most then
    redis.call('ZREMRANGEBYSCORE', stopped, '-inf', now_ms)
    redis.call('ZADD', stopped, string.format('%.0f', now_ms + left), name)
    if redis.call('PTTL', stopped) < left then redis.call('PEXPIRE', stopped, left) end
  end
  if hits > most then wait = math.max(wait, left, 1) end
end
return wait
"""
_FORGIVE = """
for i = 2, #KEYS do
  local key, at = KEYS[i], 3 * (i - 2)
  if tonumber(redis.call('GET', key) or '0') > 0 then
    if redis.call('DECR', key) < tonumber(ARGV[at + 1]) then redis.call('ZREM', KEYS[1], ARGV[at + 3]) end
  end
end
return 0
"""
_PROBE = Limit(key="readiness", most=2**53, window_s=60)
_INDEX = "{counters}:stopped"
"""A sorted set of the limits that refuse now, by expiry, so that they can be listed without a scan."""


class RedisCounters:
    """Implements `Counters`. Windows use the server's own clock; broken connections are replaced."""

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),  # if a response was lost, the hit may have been counted
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        self._hit = self._client.register_script(_HIT)
        self._forgive = self._client.register_script(_FORGIVE)

    def hit(self, limits: Sequence[Limit]) -> int:
        return ceil(self._run(self._hit, limits) / 1000)

    def wait_s(self, limits: Sequence[Limit]) -> int:
        with _away(), self._client.pipeline(transaction=False) as both:
            for limit in limits:
                both.get(_hash(limit.key))
                both.pttl(_hash(limit.key))
            found = both.execute()
        waits = [
            left
            for limit, hits, left in zip(limits, found[::2], found[1::2], strict=True)
            if int(hits or 0) >= limit.most
        ]
        return ceil(max([0, *map(int, waits)]) / 1000)

    def forgive(self, limits: Sequence[Limit]) -> None:
        self._run(self._forgive, limits)

    def stopped(self, prefix: str) -> Sequence[Stopped]:
        with _away():
            seconds, microseconds = self._client.time()
            now_ms = seconds * 1000 + microseconds // 1000
            found = self._client.zrangebyscore(_INDEX, f"({now_ms}", "+inf", withscores=True)
            named = {name.decode(): until_ms / 1000 for name, until_ms in cast("list[tuple[bytes, float]]", found)}
            keys = sorted(key for key in named if key.startswith(prefix))
            hits = self._client.mget([_hash(key) for key in keys]) if keys else []
        return [Stopped(key, int(count), named[key]) for key, count in zip(keys, hits, strict=True) if count]

    def release(self, keys: Sequence[str]) -> None:
        if keys:
            with _away(), self._client.pipeline(transaction=True) as both:
                both.delete(*map(_hash, keys))
                both.zrem(_INDEX, *map(readable, keys))
                both.execute()

    def check(self) -> None:
        """Performs a count, as a login does: a Redis that is full or read-only still answers a ping."""
        self.hit([_PROBE])

    def close(self) -> None:
        self._client.close()

    def _run(self, script: Script, limits: Sequence[Limit]) -> int:
        numbers_and_names = [
            argument for limit in limits for argument in (limit.most, limit.window_s * 1000, readable(limit.key))
        ]
        with _away():
            return int(script(keys=[_INDEX, *(_hash(limit.key) for limit in limits)], args=numbers_and_names))


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except OutOfMemoryError as error:
        raise StoreUnavailable("redis", "has no memory left") from error
    except ReadOnlyError as error:
        raise StoreUnavailable("redis", "can only be read") from error
    except RedisError as error:
        raise StoreUnavailable("redis") from error


def _hash(key: str) -> str:
    # The braces keep all counters on one cluster node, where one script may use them together. Names and addresses are
    # as strangers sent them, so they stay hashed here until they are throttled.
    return "{counters}:" + hashlib.sha256(readable(key).encode()).hexdigest()
