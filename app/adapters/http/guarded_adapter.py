"""The requests adapter that every request passes through.

`requests` provides the interface, and `responses` the stubs of tests, which replace `HTTPAdapter.send`. The
connection handling is our own: what requests and urllib3 set up costs more than the exchange itself.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead
from io import BytesIO
from typing import Any, cast

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from app.adapters.http import tls
from app.adapters.http.body import read_capped
from app.adapters.http.connection import Connection
from app.adapters.http.dialler import Dialler
from app.adapters.http.exchange import Exchange
from app.adapters.http.pool import Pool
from app.adapters.http.target import Target
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.outbound import OutboundRequest

_CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class GuardedRequest(PreparedRequest):
    """A prepared request: its target, deadline and headers."""

    def __init__(self, request: OutboundRequest, target: Target, exchange: Exchange, headers: dict[str, str]) -> None:
        super().__init__()
        self.method = request.method
        self.url = request.url.partition("#")[0]
        self.headers = CaseInsensitiveDict(headers)
        self.body = request.body
        self.outbound = request
        self.outbound_headers = headers
        self.target = target
        self.exchange = exchange


@dataclass(frozen=True, slots=True)
class Received:
    """A response, not yet decoded. Header names are lower case, repeated ones joined (RFC 9110, 5.2)."""

    status: int
    headers: dict[str, str]
    body: bytes

    def read(self, *, decode_content: bool) -> bytes:  # noqa: ARG002  # asked like urllib3's, of tests' stubs
        return self.body


class GuardedAdapter(HTTPAdapter):
    """Sends `GuardedRequest`s; `raw` of the Response is the encoded body. Raises SsoError."""

    def __init__(self, dialler: Dialler, pool: Pool) -> None:
        super().__init__()
        self._dialler = dialler
        self._pool = pool

    def close(self) -> None:
        self._pool.close()
        super().close()

    def get_connection_with_tls_context(self, request: PreparedRequest, *_: Any, **__: Any) -> Any:  # noqa: ANN401  # no urllib3 pool
        return _Passage(self._dialler, self._pool, cast("GuardedRequest", request))

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Nothing to prepare: the dialler has the only TLS context."""

    def request_url(self, request: PreparedRequest, *_: Any, **__: Any) -> str:
        return cast("GuardedRequest", request).target.path

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:  # noqa: ANN401  # urllib3's in stubs
        """Without a cookie jar: cookies from providers are neither kept nor sent."""
        response = Response()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = BytesIO(resp.read(decode_content=False))
        response.url = req.url or ""
        response.request = req
        return response


@dataclass(frozen=True, slots=True)
class _Passage:
    """Takes the place of urllib3's pool in `HTTPAdapter.send`, for one request."""

    dialler: Dialler
    pool: Pool
    request: GuardedRequest

    def urlopen(self, **_: Any) -> Received:
        """Send over a kept connection; if that was closed before any byte came, once more over a new one."""
        exchange = self.request.exchange
        with _in_our_words(exchange):
            if kept := self.pool.take(self.request.target):
                kept.exchange = exchange
                try:
                    return self._over(kept)
                except _CLOSED:
                    if exchange.received:
                        raise
            return self._over(Connection(self.request.target, self.dialler, exchange))

    def _over(self, connection: Connection) -> Received:
        request = self.request
        try:
            answer = connection.ask(
                request.outbound.method, request.target.path, request.outbound_headers, request.outbound.body
            )
            with answer:
                body = read_capped(answer, request.exchange)
        except BaseException:
            connection.close()
            raise
        self.pool.give(connection)
        headers: dict[str, str] = {}
        for name, value in answer.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        return Received(answer.status, headers, body)


@contextmanager
def _in_our_words(exchange: Exchange) -> Iterator[None]:
    """Turn failures on an open connection into SsoError."""
    try:
        yield
    except TimeoutError:
        raise exchange.too_slow() from None
    except _CLOSED as error:
        sending = Text("the server closed the connection while sending its response")
        words = sending if exchange.received else Text("the server closed the connection before it responded")
        raise exchange.failed(ReasonCode.PROVIDER_UNREACHABLE, words) from error
    except ssl.SSLError as error:
        raise exchange.failed(ReasonCode.PROVIDER_TLS, tls.in_words(error)) from error
    except IncompleteRead:
        raise exchange.failed(
            ReasonCode.ANSWER_INVALID, Text("the response is incomplete, or its framing is broken")
        ) from None
    except HTTPException as error:
        raise exchange.failed(ReasonCode.ANSWER_INVALID, Text("the response is not valid HTTP")) from error
    except OSError as error:
        raise exchange.failed(ReasonCode.PROVIDER_UNREACHABLE, Text("the connection failed")) from error
