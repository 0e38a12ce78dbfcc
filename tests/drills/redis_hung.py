"""Redis hangs (SIGSTOP): it takes connections and answers nothing."""

from contextlib import ExitStack

from tests.drills.stage.processes import hung
from tests.drills.stage.redis_away import without_redis
from tests.drills.stage.row import Row
from tests.drills.stage.stage import stage

PROMISE = (
    "Sessions and logins by SSO go on; passwords get 503 with Retry-After within 5 s, and a login as soon as it is back"
)


def run() -> Row:
    with stage() as here, ExitStack() as while_hung:

        def hang() -> None:
            while_hung.enter_context(hung(here.redis.service))

        return without_redis(here, go=hang, back=while_hung.close, promise=PROMISE)
