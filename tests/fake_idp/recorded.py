"""What a provider was asked, so that a test can say what was sent and that nothing further was called."""

from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Condition
from urllib.parse import parse_qsl

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One request as it came. `endpoint` is a name (`token`, `jwks`, …); header names are in lower case."""

    endpoint: str
    method: str
    path: str
    query_pairs: Pairs
    headers: Mapping[str, str]
    body: bytes
    certificate: bytes | None = None
    """What the client showed in the TLS handshake, in DER."""

    @property
    def query(self) -> dict[str, str]:
        return dict(self.query_pairs)

    @property
    def is_form(self) -> bool:
        media_type = self.headers.get("content-type", "").partition(";")[0]
        return media_type.strip().lower() == "application/x-www-form-urlencoded"

    @property
    def form_pairs(self) -> Pairs:
        return pairs(self.body.decode("utf-8", "replace")) if self.is_form else ()

    @property
    def form(self) -> dict[str, str]:
        return dict(self.form_pairs)

    @property
    def basic(self) -> tuple[str, str] | None:
        """Both halves of HTTP Basic as they are on the wire: out of base64, nothing else decoded."""
        scheme, _, credentials = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        name, _, secret = b64decode(credentials).decode("utf-8", "replace").partition(":")
        return name, secret

    @property
    def bearer(self) -> str | None:
        return self._token("bearer")

    @property
    def dpop_token(self) -> str | None:
        """RFC 9449, section 7.1."""
        return self._token("dpop")

    def _token(self, wanted: str) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == wanted else None


def pairs(encoded: str) -> Pairs:
    """Name and value of each parameter, empty ones too."""
    return tuple(parse_qsl(encoded, keep_blank_values=True))


def repeated(parameters: Pairs) -> list[str]:
    """Names that come more than once, which no request may have (RFC 6749, section 3.1)."""
    return [name for name, count in Counter(name for name, _ in parameters).items() if count > 1]


class Recorder:
    """All requests in the order of their arrival."""

    def __init__(self) -> None:
        self._requests: list[RecordedRequest] = []
        self._arrived = Condition()

    def add(self, request: RecordedRequest) -> None:
        with self._arrived:
            self._requests.append(request)
            self._arrived.notify_all()

    def of(self, endpoint: str | None) -> list[RecordedRequest]:
        with self._arrived:
            return [request for request in self._requests if endpoint in {None, request.endpoint}]

    def forget(self) -> None:
        with self._arrived:
            self._requests.clear()

    def wait(self, endpoint: str, *, count: int, timeout: float) -> bool:
        """Whether `count` requests have come to `endpoint` before `timeout` seconds are over."""
        with self._arrived:
            return self._arrived.wait_for(lambda: _count(self._requests, endpoint) >= count, timeout)


def _count(requests: Iterable[RecordedRequest], endpoint: str) -> int:
    return sum(request.endpoint == endpoint for request in requests)
