"""`GET /dev/mail`: mail that the bridge has written. Only in development, because it shows one-time links."""

from dataclasses import dataclass

from flask import Blueprint, Response

from app.services.mail.outbox import OutboxService
from app.web.i18n import gettext, moment
from app.web.pages import page

SHOWN = 50


@dataclass(frozen=True, slots=True)
class MailCard:
    """One message on the page."""

    to: str
    subject: str
    sent: str
    body: str


@dataclass(frozen=True, slots=True)
class DevelopmentMailViews:
    """Mounted only if the settings say development."""

    outbox: OutboxService

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("development_mail", __name__)
        blueprint.add_url_rule("/dev/mail", view_func=self.mailbox, endpoint="mailbox")
        return blueprint

    def mailbox(self) -> Response:
        """Newest first, whether delivered yet or not."""
        messages = [
            MailCard(
                to=queued.to,
                subject=queued.subject,
                sent=gettext("Not yet") if queued.settled_at is None else moment(queued.settled_at),
                body=body,
            )
            for queued, body in self.outbox.newest(most=SHOWN)
        ]
        return page("mail.html", messages=messages)
