"""PostgreSQL answers, and takes no write, as a primary that was demoted."""

from tests.drills.stage.browser import Browser
from tests.drills.stage.row import Row
from tests.drills.stage.stage import stage

PROMISE = (
    "`/readyz` names it; logins get 503 with Retry-After, and the provider's code is not spent: "
    "the same callback opens the session afterwards"
)


def run() -> Row:
    with stage() as here:
        findings, person = here.findings, here.people[0]
        waiting = here.browser()
        with here.load() as load:
            callback = waiting.callback(person)
            here.postgres._execute("ALTER SYSTEM SET default_transaction_read_only = on")
            here.postgres._execute("SELECT pg_reload_conf()")
            refused = load.refused
            named = load.until(lambda: "database" in here.ready(), within_s=5)
            findings.hold(that=named, otherwise="`/readyz` says that all is well")
            load.until(lambda: load.refused > refused + 20, within_s=5)
            early = waiting.ask(callback)
            findings.hold(that=early.status == 503, otherwise=f"a callback is answered {early.status}")
            here.postgres._execute("ALTER SYSTEM RESET ALL")
            here.postgres._execute("SELECT pg_reload_conf()")
            findings.hold(that=load.more_logins(20), otherwise="nobody can sign in when it takes writes again")
        again = Browser(here.base, dict(waiting.cookies)).ask(callback)
        findings.hold(that=again.status == 303, otherwise=f"the same callback is answered {again.status} afterwards")
        findings.say(f"A callback during it: {early.status}, the same one afterwards: {again.status}.")
        return here.row(load, promise=PROMISE)
