"""Mail: one plain-text message to one address, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.accounts.email_address import parse_email
from app.domain.connections.connection import Sealed

MessageId = NewType("MessageId", str)

WAITS_S = (*(60 << times for times in range(9)), 6 * 3600)
"""After each try that failed, one minute to six hours; the last one again and again."""
GIVE_UP_S = 3 * 86400
"""From the moment that a message was written."""


@dataclass(frozen=True, slots=True)
class Message:
    """`to` is one plain address; subject and body are text, as a person reads them."""

    to: str
    subject: str
    body: str


class Delivery(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    """The mail server has taken it."""
    GIVEN_UP = "given_up"
    FOR_NOBODY = "for_nobody"
    """Written so that nobody can tell from the work whether somebody gets mail: never delivered, counted or shown."""


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message in the outbox. Times are Unix seconds."""

    id: MessageId
    to: str
    subject: str
    body: Sealed | None
    """None once it is delivered: it may hold a one-time link."""
    queued_at: float
    due_at: float
    """Not before; while somebody delivers it, when another may take it over."""
    tries: int = 0
    state: Delivery = Delivery.WAITING
    settled_at: float | None = None
    problem: str = ""
    """What went wrong the last time."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the outbox; `problem` is what the oldest met the last time."""

    waiting: int
    given_up: int
    oldest_at: float | None = None
    problem: str = ""


def recipient(address: str) -> str:
    """The address as it is sent to: the domain as A-labels, the local part as it was written. Raises ValueError."""
    local = address.partition("@")[0]
    if "=?" in local:  # some mail servers decode RFC 2047 here too, and send to whom the decoded text names
        raise ValueError("not a single plain address")
    return f"{local}@{parse_email(address).domain}"


def one_line(text: str) -> str:
    """For a subject, which may hold names that people chose: no line breaks, no control or invisible characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def wait_s(tries: int) -> int:
    """How long to wait after this many tries."""
    return WAITS_S[min(tries, len(WAITS_S)) - 1]
