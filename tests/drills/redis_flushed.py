"""Redis is emptied (FLUSHALL) while somebody who guesses passwords is being refused."""

from tests.drills.stage.row import Row
from tests.drills.stage.stage import Stage, stage

PROMISE = "Sessions and logins go on; only counters are lost: whoever guesses is refused again after as many guesses"
GUESSES_MOST = 50


def run() -> Row:
    with stage() as here:
        findings = here.findings
        with here.load() as load:
            before = guesses_until_refused(here)
            here.redis.empty()
            after = guesses_until_refused(here)
            findings.hold(that=after <= before, otherwise=f"{after} guesses instead of {before}")
            findings.hold(that=before < GUESSES_MOST, otherwise="whoever guesses is never refused")
            load.more_logins(20)
        findings.say(f"Refused after {before} guesses, and again after {after}.")
        findings.hold(that=not load.refused, otherwise=f"{load.refused} answers of 503")
        findings.hold(that=load.down_s() < 1.5, otherwise=f"logins stood still for {load.down_s():.1f} s")
        return here.row(load, promise=PROMISE)


def guesses_until_refused(here: Stage) -> int:
    for guess in range(GUESSES_MOST):
        if here.browser().password_login(here.people[1], f"wrong {guess}").status == 429:
            return guess
    return GUESSES_MOST
