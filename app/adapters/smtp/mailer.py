"""Connections to the mail server, and messages in its format. smtplib's errors become our two here."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from smtplib import (
    SMTP,
    SMTP_SSL,
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import NoReturn

from app.adapters.smtp.server import Protection, SmtpServer
from app.domain.mail.message import Message, MessageId, one_line
from app.ports.mail import MailRefused, MailServerAway

TIMEOUT_S = 10
"""For each response of the server."""
CLOSING = 421
"""The server closes the connection, whatever was sent (RFC 5321, section 3.8)."""
PROBLEM_MOST = 300
"""Characters of the server's response that are kept."""


class SmtpMailer:
    """The port `Mailer`. `ca_bundle` is a file or folder, None for the authorities that the system trusts."""

    def __init__(self, server: SmtpServer, *, sender: Address, ca_bundle: str | None = None) -> None:
        self._server = server
        self._sender = sender
        self._context = _context(ca_bundle)

    @contextmanager
    def connect(self) -> Iterator["SmtpConnection"]:
        try:
            smtp = self._opened()
        except (SMTPException, OSError) as error:
            raise MailServerAway(_words(error)) from error
        try:
            yield SmtpConnection(smtp=smtp, sender=self._sender)
        finally:
            with suppress(SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _opened(self) -> SMTP:
        host, port, name = self._server.host, self._server.port, self._sender.domain
        if self._server.protection is Protection.IMPLICIT:
            smtp: SMTP = SMTP_SSL(host, port, local_hostname=name, timeout=TIMEOUT_S, context=self._context)
        else:
            smtp = SMTP(host, port, local_hostname=name, timeout=TIMEOUT_S)
        try:
            if self._server.protection is Protection.STARTTLS:
                smtp.starttls(context=self._context)
            if self._server.user:
                smtp.login(self._server.user, self._server.password)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp


@dataclass(frozen=True, slots=True)
class SmtpConnection:
    """The port `MailConnection`."""

    smtp: SMTP
    sender: Address

    def send(self, message: Message, *, message_id: MessageId, written_at: float) -> None:
        try:
            mail = as_mail(message, sender=self.sender, message_id=message_id, written_at=written_at)
            self.smtp.send_message(mail, from_addr=self.sender.addr_spec, to_addrs=[message.to])
        except SMTPRecipientsRefused as error:
            ((code, answer),) = error.recipients.values()
            _refused(SMTPResponseException(code, answer))
        except SMTPDataError as error:
            _refused(error)
        except (SMTPNotSupportedError, MessageError, ValueError) as error:
            raise MailRefused(_words(error)) from error
        except (SMTPException, OSError) as error:
            raise MailServerAway(_words(error)) from error


def as_mail(message: Message, *, sender: Address, message_id: MessageId, written_at: float) -> EmailMessage:
    """Plain text with few headers. Raises ValueError if a line break would start another header."""
    local, _, domain = message.to.partition("@")
    mail = EmailMessage()
    mail["From"] = sender
    # Not as text, which would be parsed: a local part may look like a list or an encoded name.
    mail["To"] = Address(username=local, domain=domain)
    mail["Subject"] = message.subject
    mail["Date"] = datetime.fromtimestamp(written_at, tz=UTC)
    mail["Message-ID"] = f"<{message_id}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: so that absence notes do not answer it
    mail.set_content(message.body)
    return mail


def _refused(error: SMTPResponseException) -> NoReturn:
    kind = MailServerAway if error.smtp_code == CLOSING else MailRefused
    raise kind(_words(error)) from error


def _words(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        answer = error.smtp_error
        said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        text = f"the mail server said: {error.smtp_code} {said}"
    elif isinstance(error, ssl.SSLCertVerificationError):
        text = f"the mail server's certificate: {error.verify_message}"
    else:
        text = str(error) or type(error).__name__
    return one_line(text)[:PROBLEM_MOST]


def _context(ca_bundle: str | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, name and chain checked. `ssl.create_default_context` would obey SSLKEYLOGFILE."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_bundle is None:
        context.load_default_certs()
    elif Path(ca_bundle).is_dir():
        context.load_verify_locations(capath=ca_bundle)
    else:
        context.load_verify_locations(cafile=ca_bundle)
    return context
