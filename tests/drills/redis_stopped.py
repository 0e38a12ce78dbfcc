"""Redis is stopped for five seconds and started again."""

from tests.drills.stage.redis_away import without_redis
from tests.drills.stage.row import Row
from tests.drills.stage.stage import stage

PROMISE = "Sessions and logins by SSO go on; passwords get 503 with Retry-After, and a login as soon as it is back"


def run() -> Row:
    with stage() as here:
        return without_redis(here, go=here.redis.stop, back=here.redis.start, promise=PROMISE)
