import pytest

from app.adapters.smtp.server import Protection, SmtpServer, mail_address, smtp_server


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 587, Protection.STARTTLS)),
        ("smtp://mail.example:25?tls=none", SmtpServer("mail.example", 25, Protection.NONE)),
        ("smtp://mail.example/?tls=starttls", SmtpServer("mail.example", 587, Protection.STARTTLS)),
        ("smtps://mail.example", SmtpServer("mail.example", 465, Protection.IMPLICIT)),
        ("smtp://u%40x:p%3A%2Fs@[::1]:2525", SmtpServer("::1", 2525, Protection.STARTTLS, "u@x", "p:/s")),
    ],
)
def test_a_url_says_where_mail_goes_out_and_how(url: str, expected: SmtpServer) -> None:
    assert smtp_server(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:25",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example/path",
        "smtp://mail.example?ssl=1",
        "smtp://mail.example?tls=maybe",
        "smtp://mail.example?tls=",
        "smtps://mail.example?tls=none",
        "smtp://mail.example:0",
        "smtp://mail.example:many",
        "smtp://user@mail.example",
        "smtp://user:password@mail.example?tls=none",
    ],
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be|tls|port|Port|belong"):
        smtp_server(url)


def test_a_password_is_not_shown() -> None:
    assert "pass" not in repr(smtp_server("smtp://user:pa55word@mail.example")).replace("password=", "")


@pytest.mark.parametrize(
    ("raw", "shown", "address"),
    [
        ("login@vendor.example", "login@vendor.example", "login@vendor.example"),
        ("Vendor Login <login@vendor.example>", "Vendor Login <login@vendor.example>", "login@vendor.example"),
        ('"Login, Vendor" <login@vendor.example>', '"Login, Vendor" <login@vendor.example>', "login@vendor.example"),
        ("login@Bücher.example", "login@xn--bcher-kva.example", "login@xn--bcher-kva.example"),
    ],
)
def test_a_sender_may_have_a_name(raw: str, shown: str, address: str) -> None:
    sender = mail_address(raw)
    assert (str(sender), sender.addr_spec) == (shown, address)


@pytest.mark.parametrize(
    "raw", ["login", "Vendor <login@vendor.example", "<>", "a@b.example, c@d.example", "a@b\n.example"]
)
def test_any_other_sender_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="must be like"):
        mail_address(raw)
