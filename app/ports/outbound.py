"""Outbound requests: everything that the bridge sends to other servers goes through here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """Authenticates the bridge in the TLS handshake: PEM, the certificate chain and its key."""

    chain: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One request. `headers` are sent unchanged; `body` is already encoded.

    A `certificate` is presented if the server asks for one, over https only, and never on a connection that other
    requests share.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    certificate: ClientCertificate | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The response: any status (3xx included, never followed), lower-case header names, the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_ms: int


class Outbound(Protocol):
    """Sends one request, guarded.

    Only https (http too in development); the address is checked after DNS and is the one connected to; redirects are
    not followed; bodies over 256 KB, compressed or not, are refused; connections are kept alive and reused.
    Raises SsoError with `address_refused`, `provider_unreachable`, `provider_timeout`, `provider_tls`,
    `answer_too_large`, `answer_invalid` or `misconfigured` (an unusable certificate); the details carry `host`, and
    `error` in words that support may see.
    """

    def send(self, request: OutboundRequest, *, bulkhead_key: str, deadline: float) -> Answer:
        """Send it within the bulkhead of this key (a connection id): a bounded share, and a circuit breaker.

        `deadline` is in the clock's monotonic seconds and covers connecting, sending and reading.
        """

    def refusal(self, url: str) -> str | None:
        """Why requests there are always refused: the host is a literal address that is not allowed. None for a name.

        Completes a sentence that starts with the name of the URL, and names the setting that would allow it.
        """

    def certificate_expires_at(self, url: str, *, deadline: float) -> float | None:
        """When this server's certificate expires, in Unix seconds; None for plain http."""
