import pytest

from app.domain.mail.message import one_line, recipient, wait_s


def test_waits_double_from_a_minute_to_six_hours() -> None:
    assert [wait_s(tries) for tries in (1, 2, 3, 9, 10, 11, 1000)] == [60, 120, 240, 15360, 21600, 21600, 21600]


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("Bob.Agent@Acme.example", "Bob.Agent@acme.example"),
        ("bob@Bücher.example", "bob@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_sent_to_as_it_was_written_its_domain_as_servers_write_it(address: str, sent_to: str) -> None:
    assert recipient(address) == sent_to


@pytest.mark.parametrize("text", ["a\r\nb", "a\x00b", "a\u2028b", "a \u202e b", " a\tb "])
def test_a_subject_is_one_line_without_what_cannot_be_seen(text: str) -> None:
    assert one_line(text) == "a b"
