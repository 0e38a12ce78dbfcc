"""The way out for mail."""

from contextlib import AbstractContextManager
from typing import Protocol

from app.domain.mail.message import Message, MessageId


class MailServerAway(Exception):
    """No message gets out at the moment: the server cannot be reached or does not accept us. Says what, no secrets."""


class MailRefused(Exception):
    """The server did not take this one message. Says what it answered."""


class MailConnection(Protocol):
    """An open connection to the mail server."""

    def send(self, message: Message, *, message_id: MessageId, written_at: float) -> None:
        """Hand it over; `message.to` as `recipient` gives it. Raises MailRefused, MailServerAway.

        The same id makes the same `Message-ID`, so that a message which came twice can be known as one.
        """


class Mailer(Protocol):
    """Opens connections to the mail server, for several messages each."""

    def connect(self) -> AbstractContextManager[MailConnection]:
        """Raises MailServerAway. Every wait in it ends after seconds."""
