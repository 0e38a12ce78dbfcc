"""The way out: every request that the bridge makes to somebody else's server passes here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """By which the bridge proves itself in the TLS handshake: PEM, the chain and its key."""

    chain: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One request. `headers` are sent as they are; `body` is already encoded.

    A `certificate` is shown to a server that asks for one, over https only, and on no connection that is shared with
    requests of another.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    certificate: ClientCertificate | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status (3xx included, never followed), lower-case header names, the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_ms: int


class Outbound(Protocol):
    """Sends one request, guarded.

    Only https (http too in development); the address is checked after DNS and is the one connected to;
    redirects are not followed; a body over 256 KB is refused, compressed or not; connections are kept and reused.
    Raises SsoError with `address_refused`, `provider_unreachable`, `provider_timeout`, `provider_tls`,
    `answer_too_large`, `answer_invalid` or `misconfigured` (a certificate that cannot be used); the details carry
    `host`, and `error` in words safe to show support.
    """

    def send(self, request: OutboundRequest, *, bulkhead_key: str, deadline: float) -> Answer:
        """Send it within the bulkhead of this key (a connection id): with a bounded share, and a circuit breaker.

        `deadline` is in the clock's monotonic seconds, for connecting, sending and reading together.
        """

    def refusal(self, url: str) -> str | None:
        """Why nothing is ever sent there: the host is itself an address that is refused. None for a name.

        Ends a sentence that begins with the name of the URL, and names the setting that would allow it.
        """

    def certificate_expires_at(self, url: str, *, deadline: float) -> float | None:
        """When the certificate of this server expires, in Unix seconds; None where the URL is plain http."""
