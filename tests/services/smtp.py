"""A mail server in this process (aiosmtpd): it keeps what it is given, and can be away, refuse, hang or hang up."""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Event, Semaphore

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.services.process import LOOPBACK, free_port

TAKEN = "250 OK"
USER, PASSWORD = "bridge@vendor.example", "p:ss/w@rd"


@dataclass(frozen=True)
class Received:
    """One message that the server took."""

    sender: str
    recipients: list[str]
    mail: EmailMessage

    @property
    def text(self) -> str:
        return str(self.mail.get_content()).replace("\r\n", "\n")


@dataclass(kw_only=True)
class SmtpService:
    """An outage is `stop()` and `start()`, on the same port."""

    port: int = field(default_factory=free_port)
    received: list[Received] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Recipients, and what they are answered."""
    answer: str = TAKEN
    """To a whole message; what is not taken is not kept."""
    hangs: bool = False
    """Instead of any answer to a message."""
    hung: Event = field(default_factory=Event)
    hangs_up: bool = False
    arrivals: Semaphore = field(default_factory=lambda: Semaphore(0))
    """Released once for each message that is kept; for tests that wait for another process."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    starttls: ssl.SSLContext | None = None
    implicit: ssl.SSLContext | None = None
    _running: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{LOOPBACK}:{self.port}?tls=none"

    def start(self) -> None:
        if self._running is None:
            self._running = Controller(
                self,
                hostname=LOOPBACK,
                port=self.port,
                ssl_context=self.implicit,
                tls_context=self.starttls,
                require_starttls=self.starttls is not None,
                auth_require_tls=self.implicit is None,
                authenticator=self._authenticate,
                enable_SMTPUTF8=True,
            )
            self._running.start()

    def stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def subjects(self) -> list[str]:
        return [str(one.mail["Subject"]) for one in self.received]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.hangs:
            self.hung.set()
            await asyncio.Event().wait()
        if self.hangs_up:
            assert server.transport is not None
            server.transport.close()
            return self.answer
        if self.answer == TAKEN:
            assert envelope.mail_from is not None
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, EmailMessage, policy=default)
            self.received.append(Received(envelope.mail_from, [str(one) for one in envelope.rcpt_tos], mail))
            self.arrivals.release()
        return self.answer

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        login = (given.login.decode(), given.password.decode())
        self.logins.append(login)
        return AuthResult(success=login == (USER, PASSWORD), handled=False)


@pytest.fixture
def smtp() -> Iterator[SmtpService]:
    """Running, without TLS."""
    service = SmtpService()
    service.start()
    yield service
    service.stop()
