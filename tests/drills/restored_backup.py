"""The database is dumped (pg_dump), goes on being used, and is restored (pg_restore) as a new one.

What came between is gone with the old database; what may not come back is what had been used or ended since. As
docs/operations.md has it, sessions are emptied after a restore from the past: then nobody is let in by one that has
ended since. Moved without a gap, nothing is emptied and nothing lost.
"""

import subprocess

import psycopg

from tests.drills.stage.browser import NO_CONNECTION, Answer, Browser, Person, Refused, Wrong
from tests.drills.stage.row import Row
from tests.drills.stage.stage import PASSWORD, Stage, stage
from tests.services.postgres import ROLE, binary
from tests.services.process import LOOPBACK

PROMISE = (
    "Restored, sessions live and what had been used or ended stays so; "
    "with sessions emptied, nothing that was used or ended after the backup opens anything"
)
EMPTIED = "DELETE FROM sessions"
"""The step of docs/operations.md."""


def run() -> Row:
    with stage() as here:
        findings = here.findings
        used_before = used_callback(here, here.people[0])
        ended_before = by_password(here, here.people[1])
        here.server.command("tenant", "policy", here.people[1].tenant, "sso_only", "--reason", "drill", "--override")
        with here.load() as load:
            load.more_logins(10)
        dump = here.server.folder / "backup"
        pg("pg_dump", here, "--format=custom", f"--file={dump}", database(here))
        used_since, ended_since = used_callback(here, here.people[0]), signed_out(here, here.people[0])
        restore(here, dump)
        refuse(here, used_before, "a callback used before the backup")
        findings.hold(that=is_dead(ended_before, here.people[1]), otherwise="a session ended by a switch is back")
        findings.let_in += not is_dead(ended_before, here.people[1])
        again = here.browser().password_login(here.people[1], PASSWORD)
        findings.hold(
            that=again.status == 403, otherwise=f"a password in an `sso_only` tenant is answered {again.status}"
        )
        row = here.row(load, promise=PROMISE)
        execute(here, EMPTIED)
        refuse(here, used_since, "a callback used after the backup")
        findings.let_in += not is_dead(ended_since, here.people[0])
        findings.hold(that=is_dead(ended_since, here.people[0]), otherwise="a session signed out after it is back")
        with here.load() as load:
            load.more_logins(10)
        findings.say(f"{row.lost} of the sessions of the backup lost; {load.said()} on the restored database.")
        return here.row(load, promise=PROMISE)


def used_callback(here: Stage, person: Person) -> tuple[Browser, str]:
    """A login that went well, as it stood before its last step: cookies and address."""
    browser = here.browser()
    callback = browser.callback(person)
    before = Browser(here.base, dict(browser.cookies))
    browser.ask(callback).must_be(303)
    return before, callback


def by_password(here: Stage, person: Person) -> Browser:
    browser = here.browser()
    browser.password_login(person, PASSWORD).must_be(303)
    browser.check(person)
    return browser


def signed_out(here: Stage, person: Person) -> Browser:
    """Somebody whose session began before the backup would do as well: it is in the dump as a live one."""
    browser = here.browser()
    browser.login(person)
    execute(here, "UPDATE sessions SET ended_at = 1 WHERE ended_at IS NULL")
    return browser


def refuse(here: Stage, used: tuple[Browser, str], what: str) -> None:
    browser, callback = used
    answer: Answer = browser.ask(callback)
    here.findings.hold(that=400 <= answer.status < 500 or answer.status == 502, otherwise=f"{what}: {answer.status}")
    here.findings.let_in += answer.status == 303


def is_dead(browser: Browser, person: Person) -> bool:
    try:
        browser.check(person)
    except (Wrong, Refused, *NO_CONNECTION):
        return True
    return False


def restore(here: Stage, dump: object) -> None:
    """As a new database, which the server is then started on."""
    url = here.postgres.fresh()
    pg("pg_restore", here, "--no-owner", f"--dbname={url.rpartition('/')[2]}", str(dump))
    here.server.restart(SSO_BRIDGE_DATABASE_URL=url)


def database(here: Stage) -> str:
    return here.server.environment["SSO_BRIDGE_DATABASE_URL"].rpartition("/")[2]


def pg(name: str, here: Stage, *arguments: str) -> None:
    connection = [f"--host={LOOPBACK}", f"--port={here.postgres.port}", f"--username={ROLE}"]
    subprocess.run([binary(name), *connection, *arguments], check=True, capture_output=True, text=True)


def execute(here: Stage, statement: str) -> None:
    with psycopg.connect(
        host=LOOPBACK, port=here.postgres.port, user=ROLE, dbname=database(here), autocommit=True
    ) as connection:
        connection.execute(statement.encode())
