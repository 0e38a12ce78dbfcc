from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import World
from tests.integration.mail.letters import sending
from tests.services.smtp import SmtpService


@pytest.fixture
def office(tmp_path: Path, either_database_url: str, smtp: SmtpService) -> Iterator[World]:
    """A bridge that sends mail through `smtp`, on SQLite and on PostgreSQL."""
    world = sending(tmp_path, smtp, database_url=either_database_url)
    yield world
    world.close()


@pytest.fixture
def quick_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.adapters.smtp.mailer.TIMEOUT_S", 0.2)
