"""The way to the mail server: only over TLS that holds, and with a password only over TLS."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from app.adapters.smtp.mailer import SmtpMailer
from app.adapters.smtp.server import mail_address, smtp_server
from app.domain.mail.message import Message, MessageId
from app.ports.mail import MailServerAway
from tests.integration.http.authority import EXPIRED, Authority
from tests.services.smtp import PASSWORD, USER, SmtpService

LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
LETTER = Message(to="bob@acme.example", subject="Hello", body="One line.\n")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@contextmanager
def running(*, starttls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None) -> Iterator[SmtpService]:
    service = SmtpService(starttls=starttls, implicit=implicit)
    service.start()
    yield service
    service.stop()


def send(url: str, ca_bundle: Path | None) -> None:
    mailer = SmtpMailer(
        smtp_server(url),
        sender=mail_address("login@vendor.example"),
        ca_bundle=None if ca_bundle is None else str(ca_bundle),
    )
    with mailer.connect() as line:
        line.send(LETTER, message_id=MessageId("id"), written_at=0)


def test_with_starttls_the_password_and_the_message_go_over_tls(authority: Authority) -> None:
    with running(starttls=authority.server("127.0.0.1")) as smtp:
        send(f"smtp://{LOGIN}@127.0.0.1:{smtp.port}", authority.bundle)
        assert smtp.logins == [(USER, PASSWORD)]
        assert smtp.subjects() == ["Hello"]


def test_smtps_is_tls_from_the_first_byte(authority: Authority) -> None:
    with running(implicit=authority.server("127.0.0.1")) as smtp:
        send(f"smtps://{LOGIN}@127.0.0.1:{smtp.port}", authority.bundle)
        assert smtp.logins == [(USER, PASSWORD)]
        assert smtp.subjects() == ["Hello"]


def test_a_certificate_of_an_unknown_authority_gets_nothing(authority: Authority, tmp_path: Path) -> None:
    with running(starttls=authority.server("127.0.0.1")) as smtp:
        for no_authorities_or_those_of_the_system in (tmp_path, None):
            with pytest.raises(MailServerAway, match="the mail server's certificate: "):
                send(f"smtp://127.0.0.1:{smtp.port}", no_authorities_or_those_of_the_system)
        assert smtp.received == []


def test_a_server_that_offers_no_tls_gets_nothing(smtp: SmtpService) -> None:
    with pytest.raises(MailServerAway, match="STARTTLS"):
        send(f"smtp://127.0.0.1:{smtp.port}", None)
    with pytest.raises(MailServerAway):
        send(f"smtps://127.0.0.1:{smtp.port}", None)
    assert smtp.received == []


def test_an_expired_certificate_gets_nothing(authority: Authority) -> None:
    with running(starttls=authority.server("127.0.0.1", period=EXPIRED)) as smtp:
        with pytest.raises(MailServerAway, match="expired"):
            send(f"smtp://{LOGIN}@127.0.0.1:{smtp.port}", authority.bundle)
        assert smtp.logins == []


def test_a_certificate_for_another_name_gets_nothing(authority: Authority) -> None:
    with running(implicit=authority.server("mail.other.example")) as smtp:
        with pytest.raises(MailServerAway, match=r"127\.0\.0\.1"):
            send(f"smtps://{LOGIN}@127.0.0.1:{smtp.port}", authority.bundle)
        assert smtp.logins == []


def test_a_wrong_password_is_said_without_it(authority: Authority) -> None:
    with running(starttls=authority.server("127.0.0.1")) as smtp:
        with pytest.raises(MailServerAway, match="the mail server said: 535") as stopped:
            send(f"smtp://{quote(USER, safe='')}:wrong-one@127.0.0.1:{smtp.port}", authority.bundle)
        assert "wrong-one" not in str(stopped.value)
        assert smtp.received == []
