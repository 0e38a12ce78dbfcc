"""Mail that does not get out is seen by operations, and keeps nobody from logging in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import World
from tests.integration.mail.letters import sending, write
from tests.services.smtp import SmtpService

MINUTE = 60


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, smtp: SmtpService) -> Iterator[World]:
    world = sending(tmp_path, smtp, database_url=sqlite_url)
    yield world
    world.close()


def mail_of(world: World) -> dict[str, object]:
    """What readiness says of mail; the bridge is ready whatever that is."""
    answer = world.client().get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "ready")
    return dict(answer.get_json()["dependencies"]["mail"])


def test_mail_that_gets_out_is_well(world: World) -> None:
    write(world)
    assert mail_of(world) == {"ok": True, "reason": ""}
    world.bridge.outbox.deliver()
    world.clock.forward(60 * MINUTE)
    assert mail_of(world) == {"ok": True, "reason": ""}


def test_mail_that_waits_is_named_with_its_age_and_taken_back(world: World, smtp: SmtpService) -> None:
    smtp.stop()
    write(world, "First")
    world.clock.forward(10 * MINUTE)
    write(world, "Second")
    world.bridge.outbox.deliver()
    world.clock.forward(2 * MINUTE)
    assert mail_of(world) == {"ok": False, "reason": "undelivered emails: 2, the oldest waiting for 12 minutes"}
    smtp.start()
    assert world.bridge.outbox.deliver() == 2
    assert mail_of(world)["ok"] is True


def test_without_a_mail_server_messages_wait_in_production(tmp_path: Path, sqlite_url: str) -> None:
    world = World.create(tmp_path, env="production", base_url="https://login.example", database_url=sqlite_url)
    write(world)
    world.clock.forward(30 * 86400)
    assert world.bridge.outbox.deliver() == 0
    assert world.bridge.outbox.backlog().waiting == 1
    assert mail_of(world)["ok"] is False
    world.close()
