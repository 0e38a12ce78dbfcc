import pytest

from app.adapters.smtp.mailer import as_mail
from app.adapters.smtp.server import mail_address
from app.domain.mail.message import Message, MessageId
from tests.contracts.samples import NOW

SENDER = mail_address("Vendor <login@vendor.example>")


@pytest.mark.parametrize(
    "message",
    [
        Message(to="bob@acme.example\nBcc: eve@evil.example", subject="", body=""),
        Message(to="bob\n@acme.example", subject="", body=""),
        Message(to="bob@acme.example", subject="Hello\nBcc: eve@evil.example", body=""),
        Message(to="bob@acme.example", subject="Hello\r\n\r\nEvil", body=""),
    ],
)
def test_a_line_break_begins_no_header_even_where_nobody_looked_before(message: Message) -> None:
    with pytest.raises(ValueError, match=r"CR or LF|linefeed|line breaks"):
        as_mail(message, sender=SENDER, message_id=MessageId("id"), written_at=NOW)


def test_headers_say_when_it_was_written_and_which_message_it_is() -> None:
    mail = as_mail(
        Message(to="a@b.example", subject="x", body=""), sender=SENDER, message_id=MessageId("id"), written_at=NOW
    )
    assert mail["Date"] == "Mon, 21 Sep 2026 14:13:20 +0000"
    assert mail["Message-ID"] == "<id@vendor.example>"
