"""Counters in Redis: all limits of one attempt in one round trip, atomically."""

import hashlib
from collections.abc import Sequence
from math import ceil

from redis import Redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from app.domain.errors import StoreUnavailable
from app.ports.counters import Limit

TIMEOUT_S = 0.5

_HIT = """
local wait = 0
for i, key in ipairs(KEYS) do
  local most, window_ms = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local hits, left = redis.call('INCR', key), redis.call('PTTL', key)
  if left < 0 then
    redis.call('PEXPIRE', key, window_ms)
    left = window_ms
  end
  if hits > most then wait = math.max(wait, left, 1) end
end
return wait
"""
_FORGIVE = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 0
"""


class RedisCounters:
    """The port `Counters`. Windows pass by the server's own clock; connections that broke are made anew."""

    def __init__(self, url: str) -> None:
        self._client = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),  # an answer that got lost may have been counted
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        self._hit = self._client.register_script(_HIT)
        self._forgive = self._client.register_script(_FORGIVE)

    def hit(self, limits: Sequence[Limit]) -> int:
        arguments = [number for limit in limits for number in (limit.most, limit.window_s * 1000)]
        return ceil(self._run(self._hit, limits, arguments) / 1000)

    def forgive(self, limits: Sequence[Limit]) -> None:
        self._run(self._forgive, limits, [])

    def check(self) -> None:
        """Raises StoreUnavailable where Redis is away."""
        try:
            self._client.ping()
        except RedisError as error:
            raise StoreUnavailable("redis") from error

    def close(self) -> None:
        self._client.close()

    def _run(self, script: Script, limits: Sequence[Limit], arguments: Sequence[int]) -> int:
        try:
            return int(script(keys=[_key(limit) for limit in limits], args=arguments))
        except RedisError as error:
            raise StoreUnavailable("redis") from error


def _key(limit: Limit) -> str:
    # The braces keep all counters on one node of a cluster, where one script may touch them together. What is counted
    # (names, addresses: as strangers sent them) is nobody's to read here.
    return "{counters}:" + hashlib.sha256(limit.key.encode("utf-8", "replace")).hexdigest()
