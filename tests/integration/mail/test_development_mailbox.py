"""`/dev/mail`: in development mail is read in the browser; in production there is no such page."""

from pathlib import Path

import pytest

from tests.builders import World
from tests.integration.mail.letters import sending, write
from tests.services.smtp import SmtpService


def shown(world: World) -> str:
    answer = world.client().get("/dev/mail")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_nobody_has_written_yet(world: World) -> None:
    assert "No emails yet." in shown(world)


def test_mail_is_readable_at_once_and_stays_so_after_its_delivery(world: World) -> None:
    write(world, "Your invitation", body="https://localhost/invitation/abc")
    assert "Not yet" in shown(world)
    assert world.bridge.outbox.deliver() == 1
    page = shown(world)
    assert "Not yet" not in page
    assert '<h2 id="mail-1">Your invitation</h2>' in page
    assert "bob@acme.example" in page
    assert 'href="https://localhost/invitation/abc"' in page


def test_the_newest_fifty_are_shown_newest_first(world: World) -> None:
    for number in range(52):
        write(world, f"Letter {number:02}")
    page = shown(world)
    assert page.count("<article") == 50
    assert page.index("Letter 51") < page.index("Letter 50") < page.index("Letter 02")
    assert "Letter 01" not in page


def test_what_is_written_is_shown_and_not_run(world: World) -> None:
    write(world, "<script>alert(1)</script>", body="<script>alert(2)</script>")
    assert "<script>alert" not in shown(world)


def test_with_a_mail_server_development_sends_and_shows(tmp_path: Path, sqlite_url: str, smtp: SmtpService) -> None:
    world = sending(tmp_path, smtp, env="development", database_url=sqlite_url)
    write(world, "Both")
    assert world.bridge.outbox.deliver() == 1
    assert smtp.subjects() == ["Both"]
    assert "Both" in shown(world)
    world.close()


@pytest.mark.parametrize("path", ["/dev/mail", "/dev/mail/", "/dev"])
def test_there_is_none_in_production(tmp_path: Path, sqlite_url: str, smtp: SmtpService, path: str) -> None:
    world = sending(tmp_path, smtp, database_url=sqlite_url)
    assert world.client().get(path, base_url="https://login.example").status_code == 404
    world.close()
