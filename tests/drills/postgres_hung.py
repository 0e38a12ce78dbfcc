"""PostgreSQL hangs (SIGSTOP, all its processes): its kernel acknowledges, nothing answers."""

import time

from tests.drills.stage.browser import NO_CONNECTION, Browser
from tests.drills.stage.processes import hung
from tests.drills.stage.row import Row
from tests.drills.stage.stage import ANSWER_S, Stage, stage

PROMISE = "503 with Retry-After within 5 s, `/healthz` at once; logins within 5 s of its return, nothing restarted"
HANGS_S = 12.0


def run() -> Row:
    with stage() as here:
        findings = here.findings
        with here.load() as load:
            load.run_for(1)
            with hung(here.postgres.service):
                load.run_for(1)
                for path, expected in (("/readyz", 503), ("/session", 503), ("/healthz", 200)):
                    ask(here, path, expected)
                load.run_for(HANGS_S - 1)
            began = time.monotonic()
            findings.hold(that=load.more_logins(20), otherwise="nobody can sign in after its return")
            findings.say(f"20 logins {time.monotonic() - began:.1f} s after its return.")
        findings.say(f"The slowest step took {load.slowest_s:.1f} s.")
        return here.row(load, promise=PROMISE)


def ask(here: Stage, path: str, expected: int) -> None:
    browser = Browser(here.base, {"sso_session": "x" * 43}, timeout_s=20)
    began = time.monotonic()
    try:
        status = str(browser.ask(path).status)
    except NO_CONNECTION as error:
        status = type(error).__name__
    took_s = time.monotonic() - began
    here.findings.say(f"`{path}`: {status} after {took_s:.1f} s.")
    here.findings.hold(
        that=status == str(expected) and took_s < ANSWER_S, otherwise=f"`{path}` answered {status} after {took_s:.1f} s"
    )
