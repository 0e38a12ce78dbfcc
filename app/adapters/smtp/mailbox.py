"""Replaces the mail server in development, if there is none. `/dev/mail` shows what the outbox holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.mail.message import Message, MessageId


class DevelopmentMailbox:
    """Implements `Mailer` and `MailConnection`."""

    @contextmanager
    def connect(self) -> Iterator["DevelopmentMailbox"]:
        yield self

    def send(self, message: Message, *, message_id: MessageId, written_at: float) -> None:
        """Nothing to do: it is in the outbox already."""
