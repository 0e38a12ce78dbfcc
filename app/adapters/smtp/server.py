"""Mail settings: which server, how it is protected, who sends."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

from app.domain.accounts.email_address import parse_email
from app.domain.mail.message import one_line

SUBMISSION_PORT = 587
SUBMISSIONS_PORT = 465


class Protection(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    """Required: a server that does not offer it gets no mail (RFC 3207)."""
    IMPLICIT = "implicit"
    """From the first byte (RFC 8314, section 3.3)."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The mail server and its credentials; with an empty user, there is no login."""

    host: str
    port: int
    protection: Protection
    user: str = ""
    password: str = field(default="", repr=False)


def smtp_server(url: str) -> SmtpServer:
    """From `smtp://user:password@host:587?tls=starttls|none` or `smtps://host`. Raises ValueError."""
    try:
        parts = urlsplit(url)
        given_port = parts.port
    except ValueError:  # whose text may hold the password
        raise ValueError("must be like smtp://user:password@host:587 or smtps://user:password@host") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = options.pop("tls", None)
    if (
        parts.scheme not in ("smtp", "smtps")
        or not parts.hostname
        or parts.path.strip("/")
        or parts.fragment
        or options
    ):
        raise ValueError("must be like smtp://user:password@host:587 or smtps://user:password@host")
    if tls not in ((None, "starttls", "none") if parts.scheme == "smtp" else (None,)):
        raise ValueError("tls must be starttls or none, and is allowed with smtp:// only")
    protection = Protection.IMPLICIT if parts.scheme == "smtps" else Protection(tls or Protection.STARTTLS)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) is not bool(password):
        raise ValueError("user and password must be given together")
    if user and protection is Protection.NONE:
        raise ValueError("a password is never sent without TLS: remove tls=none or the password")
    default_port = SUBMISSIONS_PORT if protection is Protection.IMPLICIT else SUBMISSION_PORT
    return SmtpServer(parts.hostname, _port(given_port, default_port), protection, user, password)


def _port(given: int | None, default: int) -> int:
    if given == 0:
        raise ValueError("port 0 is not valid")
    return given or default


def mail_address(raw: str) -> Address:
    """From `login@vendor.example` or `Vendor Login <login@vendor.example>`. Raises ValueError."""
    name, bracket, address = raw.strip().rpartition("<")
    if bracket and not address.endswith(">"):
        raise ValueError("must be like login@vendor.example or Vendor Login <login@vendor.example>")
    plain = address.removesuffix(">") if bracket else address
    try:
        domain = parse_email(plain).domain
    except ValueError as error:
        raise ValueError("must be like login@vendor.example or Vendor Login <login@vendor.example>") from error
    return Address(display_name=one_line(name.strip().strip('"')), username=plain.partition("@")[0], domain=domain)
