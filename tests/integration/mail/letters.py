"""Worlds that send mail, and how a test writes some."""

from pathlib import Path

from app.domain.mail.message import Message, QueuedMessage
from tests.builders import World
from tests.services.smtp import SmtpService

SENDER = "Bridge Login <login@vendor.example>"
BOB = "bob@acme.example"


def sending(folder: Path, smtp: SmtpService, **settings: object) -> World:
    """In production, so that nothing is kept longer than it must be."""
    values = {"env": "production", "base_url": "https://login.example", "mail_from": SENDER, "smtp_url": smtp.url}
    return World.create(folder, **(values | settings))


def write(world: World, subject: str = "Hello", *, to: str = BOB, body: str = "One line.\n") -> None:
    with world.bridge.database.write() as work:
        world.bridge.outbox.enqueue(work, Message(to=to, subject=subject, body=body))


def kept(world: World) -> dict[str, QueuedMessage]:
    """The whole outbox, by subject."""
    with world.bridge.database.read() as work:
        return {queued.subject: queued for queued in work.outbox.newest(most=1000)}
