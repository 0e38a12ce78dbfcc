"""Where mail goes in development without a mail server: nowhere. `/dev/mail` shows what the outbox keeps."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.mail.message import Message, MessageId


class DevelopmentMailbox:
    """The ports `Mailer` and `MailConnection`."""

    @contextmanager
    def connect(self) -> Iterator["DevelopmentMailbox"]:
        yield self

    def send(self, message: Message, *, message_id: MessageId, written_at: float) -> None:
        """It is in the outbox already."""
