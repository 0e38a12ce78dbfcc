"""The database is dumped (pg_dump), goes on being used, and is restored (pg_restore) as a new one.

What came between is gone with the old database; what may not come back is what had been used or ended since. As
docs/operations.md has it, sessions are emptied after a restore from the past: then nobody is let in by one that has
ended since. Moved without a gap, nothing is emptied and nothing lost.
"""

import re
import subprocess

import psycopg

from tests.drills.stage.browser import Answer, Browser, Person, Wrong
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
        findings, (one, two, three) = here.findings, here.people
        used_before, ended_before, leaving = used_callback(here, one), by_password(here, two), by_password(here, three)
        here.server.command("tenant", "policy", two.tenant, "sso_only", "--reason", "drill", "--override")
        with here.load() as load:
            load.more_logins(10)
        dump = here.server.folder / "backup"
        pg("pg_dump", here, "--format=custom", f"--file={dump}", database(here))
        used_since = used_callback(here, one)
        sign_out(leaving)
        restore(here, dump)
        lost = load.lost()
        findings.hold(that=not lost, otherwise=f"{lost} sessions of the backup are lost")
        refuse(here, used_before, "a callback used before the backup")
        must_be_dead(here, ended_before, two, "ended by a switch before the backup")
        again = here.browser().password_login(two, PASSWORD)
        findings.hold(that=again.status == 403, otherwise=f"a password under `sso_only` is answered {again.status}")
        execute(here, EMPTIED)
        refuse(here, used_since, "a callback used after the backup")
        must_be_dead(here, leaving, three, "signed out after the backup")
        findings.say(f"Before that {load.said()}; {lost} of their sessions lost.")
        with here.load() as later:
            later.more_logins(10)
        return here.row(later, promise=PROMISE)


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


def sign_out(browser: Browser) -> None:
    page = browser.ask("/account").must_be(200)
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[-1]
    answer = Browser(browser.base, dict(browser.cookies)).ask("/logout", form={"csrf_token": token})
    if answer.status not in (302, 303):
        raise Wrong(f"a sign-out is answered {answer.status}")


def refuse(here: Stage, used: tuple[Browser, str], what: str) -> None:
    browser, callback = used
    answer: Answer = browser.ask(callback)
    here.findings.hold(that=400 <= answer.status < 500 or answer.status == 502, otherwise=f"{what}: {answer.status}")
    here.findings.let_in += answer.status == 303


def must_be_dead(here: Stage, browser: Browser, person: Person, which: str) -> None:
    try:
        browser.check(person)
    except Wrong:
        return
    here.findings.let_in += 1
    here.findings.broken.append(f"a session is good that was {which}")


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
