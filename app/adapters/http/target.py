"""Checks a URL before anything is resolved or connected."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import urlsplit

import idna

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import PORT_REFUSED
from app.domain.text import Text
from app.ports.outbound import ClientCertificate

# Ports of services that might interpret an HTTP request as their own protocol: those that browsers block (Fetch
# standard, "port blocking") and common databases, caches and control sockets.
# fmt: off
_REFUSED_PORTS = frozenset(
    (
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
        102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389,
        427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
        989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389,
        3659, 4045, 4190, 5060, 5061, 5432, 5900, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669,
        6679, 6697, 9042, 10080, 11211, 26379, 27017,
    )
)
# fmt: on
_DEFAULT_PORTS = {"https": 443, "http": 80}
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `host` is ASCII, lower case, without brackets; `path` includes the query."""

    scheme: str
    host: str
    port: int
    path: str
    certificate: ClientCertificate | None = field(default=None, repr=False)
    """Presented to the server; a connection that uses it serves no other target."""

    @property
    def authority(self) -> str:
        """As the `Host` header has it: without the scheme's default port (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse_target(url: str, *, allow_http: bool, certificate: ClientCertificate | None = None) -> Target:
    """Parse a URL. Raises SsoError `address_refused` if it must not be connected to."""
    # `urlsplit` drops tabs and line ends, and browsers read a backslash as a slash: both disguise the real target.
    if not url.isprintable() or " " in url or "\\" in url:
        raise _refused("", Text("the URL contains invalid characters"))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused("", Text("the URL cannot be read")) from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise _refused(host, Text("the URL must start with https://"))
    if parts.scheme == "http" and (certificate or not allow_http):
        raise _refused(host, Text("the URL must start with https://, not http://"))
    if "@" in parts.netloc:
        raise _refused(host, Text("the URL must not contain a username or password"))
    port = _DEFAULT_PORTS[parts.scheme] if port is None else port
    if port in _REFUSED_PORTS:
        raise _refused(host, Text(PORT_REFUSED, port=str(port)))
    path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    if not path.isascii():
        raise _refused(host, Text("the path of the URL must be percent-encoded"))
    return Target(parts.scheme, _checked_host(host), port, path, certificate)


def _checked_host(host: str) -> str:
    """The host in ASCII: a name, or an address in any spelling. The addresses are checked later."""
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
        if ":" in name:
            return str(IPv6Address(name))
    except ValueError:
        raise _refused(host, Text("the host is not a valid name or address")) from None
    labels = name.removesuffix(".").split(".")
    if len(name) > 254 or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004  # RFC 1035, 2.3.4
        raise _refused(host, Text("the host is not a valid name or address"))
    return name


def _refused(host: str, error: str) -> SsoError:
    return SsoError(ReasonCode.ADDRESS_REFUSED, host=host, error=error)
