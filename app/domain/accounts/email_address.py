"""One plain email address, parsed strictly: two sides must write it the same way to be the same person."""

import re
from dataclasses import dataclass

import idna

from app.domain.accounts.account import ascii_lower
from app.domain.text import Text

_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\\\]]+")
LOCAL_MOST = 64
DOMAIN_MOST = 253
ADDRESS_MOST = 254
"""Characters (RFC 5321, section 4.5.3.1, with its erratum 1690)."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """`key` is what gets compared: lower case in ASCII, with the domain in IDNA 2008; no other folding."""

    local: str
    domain: str
    """Lower-case A-labels."""

    @property
    def key(self) -> str:
        return f"{self.local}@{self.domain}"


def domain_key(raw: str) -> str:
    """A domain as lower-case A-labels. Raises ValueError if it is not a domain."""
    lowered = ascii_lower(raw)
    # IDNA 2003 (Python's own codec) would make `faß.de` and `fass.de` one domain, though they have different owners.
    encoded = lowered if lowered.isascii() else idna.encode(lowered, strict=True).decode("ascii")
    labels = encoded.split(".")
    if len(encoded) > DOMAIN_MOST or "." not in encoded or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(Text("not a domain name"))
    return encoded


def parse_email(raw: object) -> EmailAddress:
    """Read one address. No display name, comment, quoted part, list or final dot. Raises ValueError otherwise."""
    if not isinstance(raw, str) or len(raw) > ADDRESS_MOST or not raw.isprintable():
        raise ValueError(Text("not a single plain address"))
    local, at, domain = raw.partition("@")
    if not at or len(local) > LOCAL_MOST or not _LOCAL.fullmatch(local):
        raise ValueError(Text("not a single plain address"))
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise ValueError(Text("misplaced dots before the @"))
    try:
        address = EmailAddress(local=ascii_lower(local), domain=domain_key(domain))
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(Text("not a domain name")) from error
    # A-labels are longer than the Unicode form; the key must itself be a valid address that either side can write.
    if len(address.key) > ADDRESS_MOST:
        raise ValueError(Text("too long"))
    return address
