"""Sending mail."""

from contextlib import AbstractContextManager
from typing import Protocol

from app.domain.mail.message import Message, MessageId


class MailServerAway(Exception):
    """No mail can be sent at the moment: the server is unreachable or rejects us. The text says why; no secrets."""


class MailRefused(Exception):
    """The server rejected this one message. The text is its answer."""


class MailConnection(Protocol):
    """An open connection to the mail server."""

    def send(self, message: Message, *, message_id: MessageId, written_at: float) -> None:
        """Send it; `message.to` is in the form that `recipient` returns. Raises MailRefused, MailServerAway.

        The same id gives the same `Message-ID`, so that a duplicate can be recognised.
        """


class Mailer(Protocol):
    """Opens connections to the mail server, for several messages each."""

    def connect(self) -> AbstractContextManager[MailConnection]:
        """Raises MailServerAway. Every wait is limited to seconds."""
