"""Mail: written to the outbox in the transaction that causes it, delivered at least once, in the background."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.accounts.account import Account
from app.domain.connections.connection import Sealed
from app.domain.mail.message import (
    GIVE_UP_S,
    Backlog,
    Delivery,
    Message,
    MessageId,
    QueuedMessage,
    one_line,
    recipient,
    wait_s,
)
from app.domain.passwords.password_mails import reachable
from app.domain.text import said
from app.ports.mail import MailConnection, Mailer, MailRefused, MailServerAway
from app.ports.repositories import Database, Work
from app.ports.sealing import SealBroken, Sealer
from app.ports.system import Clock, Randomness
from app.ports.translations import Translations

SEALED_FOR = "mail"
ROUND_S = 10
"""How long one round lasts, so that other background work gets its turn."""
LEASE_S = 600
"""How long one worker owns a message: far longer than a delivery takes. After a crash another takes it then."""
AWAY_S = 60
"""While the mail server is unavailable, one message per interval checks whether it is back."""
LATE_S = 120
"""A message that waits longer is reported to operations."""
KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class OutboxService:
    """`mailer` is None if no mail server is configured: then messages wait. `keep_bodies` is for development only."""

    database: Database
    mailer: Mailer | None
    sealer: Sealer
    clock: Clock
    randomness: Randomness
    translations: Translations
    keep_bodies: bool = False

    def enqueue(self, work: Work, message: Message) -> MessageId:
        """Queue it in the caller's transaction, in its reader's language.

        Raises ValueError if `message.to` is not one plain address.
        """
        queued = self._queued(recipient(message.to), message)
        work.outbox.add(queued)
        return queued.id

    def tell(self, work: Work, account: Account, message: Message) -> None:
        """`enqueue`, if the account has an email that may receive mail."""
        if reachable(account):
            self.enqueue(work, message)

    def enqueue_for_nobody(self, work: Work, message: Message) -> None:
        """The same work for a message that goes nowhere, where response time must not show whether anyone gets mail."""
        queued = self._queued("", message)
        work.outbox.add(replace(queued, state=Delivery.FOR_NOBODY, settled_at=queued.queued_at))

    def _queued(self, to: str, message: Message) -> QueuedMessage:
        now, voice = self.clock.now(), self.translations.voice(message.reader)
        return QueuedMessage(
            id=MessageId(self.randomness.token()),
            to=to,
            subject=one_line(said(message.subject, voice)),
            body=Sealed(self.sealer.seal(said(message.body, voice).encode(), purpose=SEALED_FOR)),
            queued_at=now,
            due_at=now,
        )

    def deliver(self) -> int:
        """Deliver what is due, for one round. Several workers may do it at once. Returns how many it delivered."""
        if self.mailer is None:
            return 0
        round_ends = self.clock.monotonic() + ROUND_S
        delivered = 0
        claimed = self._claim()
        if claimed is None:
            return 0
        try:
            with self.mailer.connect() as mail_server:
                while claimed is not None:
                    delivered += self._delivered(mail_server, claimed)
                    claimed = self._claim() if self.clock.monotonic() < round_ends else None
        except MailServerAway as error:
            if claimed is not None:
                self._put_off(claimed, str(error))
            self._rest()
        return delivered

    def check(self) -> None:
        """Connect to the mail server. Raises MailServerAway."""
        if self.mailer is not None:
            with self.mailer.connect():
                pass

    def backlog(self) -> Backlog:
        with self.database.read() as work:
            return work.outbox.backlog()

    def late(self) -> str:
        """How long mail has been waiting, if that is too long; otherwise empty."""
        backlog = self.backlog()
        waited_s = 0.0 if backlog.oldest_at is None else self.clock.now() - backlog.oldest_at
        if waited_s < LATE_S:
            return ""
        return f"undelivered emails: {backlog.waiting}, the oldest waiting for {int(waited_s // 60)} minutes"

    def newest(self, *, most: int) -> Sequence[tuple[QueuedMessage, str]]:
        """With their bodies; empty where they have been deleted. For the development mailbox."""
        with self.database.read() as work:
            return [(queued, self._body(queued)) for queued in work.outbox.newest(most=most)]

    def forget_some(self, most: int) -> int:
        """Delete at most so many that were delivered or given up long ago. Returns how many there were."""
        with self.database.write(maintenance=True) as work:
            return work.outbox.forget(before=self.clock.now() - KEPT_DAYS * 86400, most=most)

    def _claim(self) -> QueuedMessage | None:
        now = self.clock.now()
        with self.database.write() as work:
            return work.outbox.claim(now=now, until=now + LEASE_S)

    def _delivered(self, mail_server: MailConnection, queued: QueuedMessage) -> bool:
        try:
            body = self.sealer.open(queued.body or "", purpose=SEALED_FOR).decode()
            message = Message(to=queued.to, subject=queued.subject, body=body)
            mail_server.send(message, message_id=queued.id, written_at=queued.queued_at)
        except MailRefused as error:
            self._put_off(queued, str(error))
            return False
        except SealBroken:
            self._put_off(queued, "SSO_BRIDGE_SECRET_KEYS cannot decrypt it: put the old key back")
            return False
        self._settle(queued, Delivery.DELIVERED)
        return True

    def _put_off(self, queued: QueuedMessage, problem: str) -> None:
        now = self.clock.now()
        if now >= queued.queued_at + GIVE_UP_S:
            self._settle(queued, Delivery.GIVEN_UP, problem=problem)
            return
        with self.database.write() as work:
            work.outbox.settle(replace(queued, due_at=now + wait_s(queued.tries), problem=problem))

    def _settle(self, queued: QueuedMessage, state: Delivery, *, problem: str = "") -> None:
        body = queued.body if self.keep_bodies else None
        settled = replace(queued, body=body, state=state, settled_at=self.clock.now(), problem=problem)
        with self.database.write() as work:
            work.outbox.settle(settled)

    def _rest(self) -> None:
        now = self.clock.now()
        with self.database.write() as work:
            work.outbox.postpone(now=now, until=now + AWAY_S)

    def _body(self, queued: QueuedMessage) -> str:
        try:
            return self.sealer.open(queued.body or "", purpose=SEALED_FOR).decode()
        except SealBroken:
            return ""
