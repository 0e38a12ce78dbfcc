"""What the drills about Redis share: it goes, one looks at everything that needs it or does not, it comes back."""

from collections.abc import Callable

from tests.drills.stage.row import Row
from tests.drills.stage.stage import ANSWER_S, Stage

AWAY_S = 4.0


def without_redis(here: Stage, *, go: Callable[[], None], back: Callable[[], None], promise: str) -> Row:
    findings = here.findings
    with here.load() as load:
        first = here.password_login()
        findings.hold(that=first.status == 303, otherwise=f"a password is answered {first.status} beforehand")
        go()
        password = here.password_login()
        findings.hold(
            that=password.status == 503 and "Retry-After" in password.headers,
            otherwise=f"a password is answered {password.status}",
        )
        findings.let_in += password.status == 303
        findings.hold(that=password.took_s < ANSWER_S, otherwise=f"a password took {password.took_s:.1f} s")
        findings.hold(that="counters" in here.ready(), otherwise="`/readyz` does not name the counters")
        load.run_for(AWAY_S)
        back()
        after = here.password_login()
        findings.hold(that=after.status == 303, otherwise=f"a password is answered {after.status} afterwards")
        load.more_logins(10)
    findings.say(f"A right password: {password.status} after {password.took_s:.1f} s, afterwards {after.status}.")
    findings.hold(that=not load.refused, otherwise=f"{load.refused} logins by SSO or session checks got 503")
    findings.hold(that=load.down_s() < 1.5, otherwise=f"logins by SSO stood still for {load.down_s():.1f} s")
    return here.row(load, promise=promise)
