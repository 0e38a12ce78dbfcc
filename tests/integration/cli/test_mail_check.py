"""What `doctor` finds about mail, and what wrong settings of it lead to."""

import pytest

from app.adapters.sql.unit_of_work import SqlDatabase
from app.domain.connections.connection import Sealed
from app.domain.mail.message import Delivery, MessageId, QueuedMessage
from tests.integration.cli.conftest import Commands
from tests.services.process import free_port
from tests.services.smtp import SmtpService


def finding(commands: Commands) -> dict[str, str]:
    told = commands.json("doctor")
    assert isinstance(told, dict)
    assert told["ok"] is True
    (found,) = [check for check in told["checks"] if check["check"] == "mail"]
    return {name: found[name] for name in ("level", "text", "remedy")}


def use(commands: Commands, url: str) -> None:
    commands.environment |= {"SSO_BRIDGE_SMTP_URL": url, "SSO_BRIDGE_MAIL_FROM": "login@vendor.example"}


def keep(commands: Commands, *, state: Delivery, queued_at: float = 0.0, problem: str = "") -> None:
    database = SqlDatabase(commands.url)
    with database.write() as work:
        work.outbox.add(
            QueuedMessage(
                id=MessageId(state),
                to="bob@acme.example",
                subject="Hello",
                body=Sealed("sealed"),
                queued_at=queued_at,
                due_at=queued_at,
                state=state,
                settled_at=None if state is Delivery.WAITING else queued_at,
                problem=problem,
            )
        )
    database.close()


def test_a_mail_server_that_answers_is_well(commands: Commands, smtp: SmtpService) -> None:
    use(commands, smtp.url)
    assert finding(commands) == {"level": "ok", "text": "", "remedy": ""}


def test_a_mail_server_that_is_away_is_found(commands: Commands) -> None:
    use(commands, f"smtp://127.0.0.1:{free_port()}?tls=none")
    found = finding(commands)
    assert found["level"] == "warning"
    assert "Connection refused" in found["text"]
    assert "SSO_BRIDGE_SMTP_URL" in found["remedy"]


def test_without_a_mail_server_production_is_told(commands: Commands) -> None:
    commands.environment |= {"SSO_BRIDGE_ENV": "production", "SSO_BRIDGE_BASE_URL": "https://login.example"}
    assert finding(commands) == {
        "level": "warning",
        "text": "SSO_BRIDGE_SMTP_URL is not set; 0 emails are waiting in the database",
        "remedy": "Operator: set SSO_BRIDGE_SMTP_URL and SSO_BRIDGE_MAIL_FROM.",
    }


def test_mail_that_nobody_delivers_is_found(commands: Commands, smtp: SmtpService) -> None:
    use(commands, smtp.url)
    keep(commands, state=Delivery.WAITING, problem="the mail server said: 451 later")
    found = finding(commands)
    assert found["level"] == "warning"
    assert found["text"].startswith("undelivered emails: 1, the oldest waiting for ")
    assert found["text"].endswith("; the mail server said: 451 later")
    assert "sso-bridge worker" in found["remedy"]


def test_mail_that_was_given_up_is_found(commands: Commands) -> None:
    keep(commands, state=Delivery.GIVEN_UP)
    assert finding(commands)["text"] == "emails not delivered after three days, in the last 30 days: 1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "mail.example:25"),
        ("SMTP_URL", "smtp://user:password@mail.example?tls=none"),
        ("SMTP_URL", "smtp://mail.example:99999"),
        ("MAIL_FROM", "login"),
        ("MAIL_FROM", ""),
    ],
)
def test_a_wrong_setting_is_one_sentence_with_its_name_and_no_password(
    commands: Commands, name: str, value: str
) -> None:
    use(commands, "smtp://mail.example")
    commands.environment[f"SSO_BRIDGE_{name}"] = value
    said = commands.run("tenant", "list", exit_code=2).stderr
    assert said.startswith(f"SSO_BRIDGE_{name}")
    assert len(said.splitlines()) == 1
    assert "user:password@mail" not in said
