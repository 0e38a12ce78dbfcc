"""The outbound client: implements the port `app.ports.outbound.Outbound` over real sockets."""

import os
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from requests import Response
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import RequestException, SSLError, Timeout

from app.adapters.http.address_guard import AddressGuard, Network
from app.adapters.http.body import unpack
from app.adapters.http.bulkhead import Bulkhead
from app.adapters.http.circuit import Circuits
from app.adapters.http.dialler import Dialler
from app.adapters.http.exchange import Exchange
from app.adapters.http.guarded_adapter import GuardedAdapter, GuardedRequest
from app.adapters.http.pool import Pool
from app.adapters.http.resolver import PatientResolver, Resolver
from app.adapters.http.target import parse_target
from app.adapters.http.tls import Contexts
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import HEADER_VALUE
from app.domain.text import Text
from app.ports.outbound import Answer, OutboundRequest
from app.ports.system import Clock

# Asks for uncompressed responses: they are small, and decompression costs more than it saves.
_DEFAULT_HEADERS = {"User-Agent": "sso-bridge", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits per request and per bulkhead, in seconds and bytes."""

    connect_timeout_s: float = 2.0
    max_bytes: int = 262_144
    bulkhead_width: int = 64
    """Concurrent requests of one bulkhead in one process: fewer than it has threads, so that others can proceed."""
    bulkhead_patience_s: float = 1.0
    """How long a further request of that bulkhead waits."""
    in_total: int = 160
    """Concurrent requests of all bulkheads in one process: some `THREADS` (app/web/server/front.py) stay free."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class _Machinery:
    """What belongs to one process. A forked child must not share its parent's sockets, threads or locks."""

    process: int
    dialler: Dialler
    adapter: GuardedAdapter
    bulkhead: Bulkhead
    circuits: Circuits


class OutboundClient:
    """See the port for the contract. Thread-safe and fork-safe.

    `allow_http` (development) also allows plain http and loopback addresses; `networks` are private ones that providers
    may be in; `ca_bundle` is a file or folder of authorities instead of the public ones. The environment (proxies,
    .netrc) is ignored. Raises InvalidInput if `ca_bundle` cannot be read.
    """

    def __init__(
        self,
        *,
        allow_http: bool,
        networks: tuple[Network, ...],
        clock: Clock,
        ca_bundle: str | None = None,
        limits: Limits = DEFAULT_LIMITS,
        resolver: Resolver | None = None,
    ) -> None:
        self._allow_http = allow_http
        self._guard = AddressGuard(networks, allow_loopback=allow_http)
        self._clock = clock
        self._contexts = Contexts(ca_bundle, clock.monotonic)
        self._limits = limits
        self._resolver = resolver
        self._machinery = self._build()

    def send(self, request: OutboundRequest, *, bulkhead_key: str, deadline: float) -> Answer:
        started = self._clock.monotonic()
        target = parse_target(request.url, allow_http=self._allow_http, certificate=request.certificate)
        exchange = Exchange(target.host, deadline, self._clock.monotonic, self._limits.max_bytes)
        prepared = GuardedRequest(request, target, exchange, _headers(request, exchange))
        machinery = self._ours()
        machinery.circuits.check(bulkhead_key, target.host, now=started)
        with machinery.bulkhead.enter(bulkhead_key, host=target.host, left_s=exchange.left()):
            try:
                response = _through(machinery.adapter, prepared, exchange)
            except SsoError as error:
                machinery.circuits.failed(bulkhead_key, target.host, error, now=self._clock.monotonic())
                raise
        machinery.circuits.succeeded(bulkhead_key, target.host)
        headers = {name.lower(): value for name, value in response.headers.items()}
        body = unpack(response.raw.read(), headers.get("content-encoding", ""), exchange)
        took_ms = round((self._clock.monotonic() - started) * 1000)
        return Answer(response.status_code, headers, body, took_ms)

    def refusal(self, url: str) -> str | None:
        return self._guard.refusal_of_literal(urlsplit(url).hostname or "")

    def certificate_expires_at(self, url: str, *, deadline: float) -> float | None:
        target = parse_target(url, allow_http=self._allow_http)
        if target.scheme != "https":
            return None
        exchange = Exchange(target.host, deadline, self._clock.monotonic, self._limits.max_bytes)
        with self._ours().dialler.dial(target, exchange) as connected:
            certificate = connected.getpeercert() if isinstance(connected, ssl.SSLSocket) else None
        expires = (certificate or {}).get("notAfter")
        return float(ssl.cert_time_to_seconds(expires)) if isinstance(expires, str) else None

    def close(self) -> None:
        """Close all idle connections. The client stays usable."""
        self._machinery.adapter.close()

    def _ours(self) -> _Machinery:
        if self._machinery.process != os.getpid():
            self._machinery = self._build()
        return self._machinery

    def _build(self) -> _Machinery:
        resolve = self._resolver or PatientResolver(self._clock.monotonic)
        dialler = Dialler(self._guard, resolve, self._limits.connect_timeout_s, self._contexts)
        return _Machinery(
            process=os.getpid(),
            dialler=dialler,
            adapter=GuardedAdapter(dialler, Pool(self._clock.monotonic)),
            bulkhead=Bulkhead(self._limits.bulkhead_width, self._limits.bulkhead_patience_s, self._limits.in_total),
            circuits=Circuits(),
        )


def _headers(request: OutboundRequest, exchange: Exchange) -> dict[str, str]:
    headers = dict(_DEFAULT_HEADERS)
    for name, value in request.headers.items():
        # An access token may contain any characters; http.client would refuse it, and quote it in its error.
        if not (value.isascii() and value.isprintable()):
            error = Text(HEADER_VALUE, name=name)
            raise exchange.failed(ReasonCode.ANSWER_INVALID, error)
        headers[name.title()] = value
    return headers


def _through(adapter: GuardedAdapter, prepared: GuardedRequest, exchange: Exchange) -> Response:
    """Send it. Exceptions of requests itself, which only test stubs cause, become SsoError here."""
    try:
        return adapter.send(prepared)
    except Timeout as error:
        raise exchange.too_slow() from error
    except SSLError as error:
        raise exchange.failed(ReasonCode.PROVIDER_TLS, Text("TLS failed")) from error
    except RequestsConnectionError as error:
        raise exchange.failed(ReasonCode.PROVIDER_UNREACHABLE, Text("the connection failed")) from error
    except RequestException as error:
        raise exchange.failed(ReasonCode.ANSWER_INVALID, Text("the response is not valid HTTP")) from error
