"""`worker` as a process: it does what is due, goes on whatever fails, and ends when it is told to."""

import signal
import sqlite3
from contextlib import closing

import pytest

from app.domain.mail.message import Message
from app.wiring import build
from tests.builders import QuickHasher, settings_for
from tests.integration.cli.conftest import STOP_S, Commands, Start, Started
from tests.services.smtp import SmtpService

START_S = 40


def mailing(smtp: SmtpService) -> dict[str, str]:
    return {"SSO_BRIDGE_SMTP_URL": smtp.url, "SSO_BRIDGE_MAIL_FROM": "login@vendor.example"}


def write(commands: Commands, subject: str) -> None:
    settings = settings_for(commands.folder, database_url=commands.url)
    bridge = build(settings, hasher=QuickHasher())
    with bridge.database.write() as work:
        bridge.outbox.enqueue(work, Message(to="bob@acme.example", subject=subject, body="Hello"))
    bridge.database.close()


def says_it_works(worker: Started) -> None:
    assert worker.stdout is not None
    assert worker.stdout.readline() == "Worker running. Press Ctrl-C to stop.\n"


def test_mail_that_is_written_while_the_worker_runs_goes_out(
    start: Start, commands: Commands, smtp: SmtpService
) -> None:
    write(commands, "Before")
    worker = start("worker", **mailing(smtp))
    says_it_works(worker)
    assert smtp.arrivals.acquire(timeout=START_S)
    write(commands, "After")
    assert smtp.arrivals.acquire(timeout=START_S)
    assert smtp.subjects() == ["Before", "After"]


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_works_until_it_is_told_to_stop(start: Start, ends: signal.Signals) -> None:
    worker = start("worker")
    says_it_works(worker)
    worker.send_signal(ends)
    assert worker.communicate(timeout=STOP_S) == ("", "")
    assert worker.returncode == 0


def test_the_worker_stops_although_the_mail_server_hangs(start: Start, commands: Commands, smtp: SmtpService) -> None:
    smtp.hangs = True
    write(commands, "Hello")
    worker = start("worker", **mailing(smtp))
    says_it_works(worker)
    assert smtp.hung.wait(START_S)
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=STOP_S)
    assert worker.returncode == 0


def test_mail_that_waited_for_its_worker_goes_out_after_a_restart(
    start: Start, commands: Commands, smtp: SmtpService
) -> None:
    killed = start("worker", **mailing(smtp))
    says_it_works(killed)
    killed.kill()
    killed.communicate(timeout=STOP_S)
    write(commands, "While nobody worked")
    once = start("worker", "--once", **mailing(smtp))
    once.communicate(timeout=STOP_S)
    assert once.returncode == 0
    assert smtp.subjects() == ["While nobody worked"]


def test_a_job_that_fails_is_logged_and_the_others_are_done(start: Start, commands: Commands) -> None:
    with closing(sqlite3.connect(commands.url.removeprefix("sqlite:///"))) as file, file:
        file.execute("DROP TABLE outbox")
        file.execute("INSERT INTO burned_attempts VALUES ('long over', 0)")
    once = start("worker", "--once")
    said, logged = once.communicate(timeout=STOP_S)
    assert (once.returncode, said) == (0, "")
    assert "job_failed" in logged
    assert "deliver mail" in logged
    with closing(sqlite3.connect(commands.url.removeprefix("sqlite:///"))) as file:
        assert file.execute("SELECT count(*) FROM burned_attempts").fetchone() == (0,)


def test_a_database_that_is_behind_is_not_worked_on(start: Start, commands: Commands) -> None:
    worker = start("worker", SSO_BRIDGE_INSTANCE_DIR=str(commands.folder / "new"))
    said = worker.communicate(timeout=STOP_S)
    assert (worker.returncode, said) == (1, ("", "The database is not up to date. Run: sso-bridge db upgrade\n"))
