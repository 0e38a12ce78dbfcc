"""Redis has no memory left (`maxmemory`, `noeviction`): it answers, and takes no write."""

import redis

from tests.drills.stage.redis_away import without_redis
from tests.drills.stage.row import Row
from tests.drills.stage.stage import Stage, stage

PROMISE = (
    "`/readyz` names it; sessions and logins by SSO go on; passwords get 503 with Retry-After, and a login with room"
)


def run() -> Row:
    with stage() as here:
        return without_redis(here, go=lambda: limit(here, "1mb"), back=lambda: limit(here, "0"), promise=PROMISE)


def limit(here: Stage, memory: str) -> None:
    with redis.Redis.from_url(here.redis.url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", memory)
