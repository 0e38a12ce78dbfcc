"""PostgreSQL is stopped for five seconds and started again."""

import time

from tests.drills.stage.row import Row
from tests.drills.stage.stage import ANSWER_S, stage

PROMISE = "503 with Retry-After meanwhile, `/readyz` names it; logins within 5 s of its start, nothing restarted"
AWAY_S = 5.0


def run() -> Row:
    with stage() as here:
        findings = here.findings
        with here.load() as load:
            load.run_for(1)
            here.postgres.stop()
            load.run_for(AWAY_S)
            findings.hold(that="database" in here.ready(), otherwise="`/readyz` does not name the database")
            findings.hold(that=here.browser().ask("/healthz").status == 200, otherwise="`/healthz` is not 200")
            here.postgres.start()
            began = time.monotonic()
            findings.hold(that=load.more_logins(20), otherwise="nobody can sign in after its start")
            findings.say(f"Away for {AWAY_S:.0f} s; 20 logins {time.monotonic() - began:.1f} s after its start.")
        findings.hold(that=load.slowest_s < ANSWER_S, otherwise=f"an answer took {load.slowest_s:.1f} s")
        findings.hold(that=load.down_s() < AWAY_S + 5, otherwise=f"down for {load.down_s():.1f} s")
        return here.row(load, promise=PROMISE)
