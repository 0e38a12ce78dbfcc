"""Mail: one plain-text message to one address, and its delivery status."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.accounts.email_address import parse_email
from app.domain.connections.connection import Sealed
from app.domain.text import IN_ENGLISH, Reader

MessageId = NewType("MessageId", str)

WAITS_S = (*(60 << times for times in range(9)), 6 * 3600)
"""Waits after each failed try, from one minute to six hours; the last one repeats."""
GIVE_UP_S = 3 * 86400
"""Counted from when the message was written."""


@dataclass(frozen=True, slots=True)
class Message:
    """`to` is one plain address. Subject and body may be a `Text`: the outbox writes them in the reader's language."""

    to: str
    subject: str
    body: str
    reader: Reader = IN_ENGLISH


class Delivery(StrEnum):
    """The delivery status of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    """The mail server has accepted it."""
    GIVEN_UP = "given_up"
    FOR_NOBODY = "for_nobody"
    """Written so that response time does not show whether an account gets mail; never delivered, counted or shown."""


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message in the outbox. Times are Unix seconds."""

    id: MessageId
    to: str
    subject: str
    body: Sealed | None
    """None once delivered, because it may hold a one-time link."""
    queued_at: float
    due_at: float
    """Earliest time of the next try; during a delivery, when another process may take over."""
    tries: int = 0
    state: Delivery = Delivery.WAITING
    settled_at: float | None = None
    problem: str = ""
    """What went wrong at the last try."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the outbox; `problem` is the oldest message's latest failure."""

    waiting: int
    given_up: int
    oldest_at: float | None = None
    problem: str = ""


def recipient(address: str) -> str:
    """The address to send to: the domain as A-labels, the local part unchanged. Raises ValueError."""
    local = address.partition("@")[0]
    if "=?" in local:  # some mail servers decode RFC 2047 here too, and send to the decoded address
        raise ValueError("not a single plain address")
    return f"{local}@{parse_email(address).domain}"


def one_line(text: str) -> str:
    """For a subject, which may contain names that people chose: no line breaks, control or invisible characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def wait_s(tries: int) -> int:
    """How long to wait after this many failed tries."""
    return WAITS_S[min(tries, len(WAITS_S)) - 1]
