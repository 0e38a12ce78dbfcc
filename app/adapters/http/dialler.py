"""Opens connections: resolve the name, check every address, connect to a checked one, do the TLS handshake."""

import ssl
from dataclasses import dataclass
from socket import AF_INET, AF_INET6, EAI_AGAIN, IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, gaierror, socket

from app.adapters.http import tls
from app.adapters.http.address_guard import AddressGuard
from app.adapters.http.exchange import Exchange
from app.adapters.http.resolver import Resolver, SocketAddress
from app.adapters.http.target import Target
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import HOST_RESOLVES
from app.domain.text import Text

_ADDRESSES_TRIED = 4
_LEAST_SHARE_S = 0.01


@dataclass(frozen=True, slots=True)
class Dialler:
    """Opens sockets only to addresses that were checked; the name is not resolved a second time.

    One refused address refuses the name: a mixture of public and internal addresses is what an attacker would send.
    """

    guard: AddressGuard
    resolve: Resolver
    connect_timeout_s: float
    contexts: tls.Contexts

    def dial(self, target: Target, exchange: Exchange) -> socket:
        """A connected socket, with TLS if the target uses it. Raises SsoError."""
        context = self._context(target, exchange) if target.scheme == "https" else None
        connected = self._connect(self._addresses(target.host, target.port, exchange), exchange)
        try:
            return self._handshake(connected, context, target.host, exchange) if context else connected
        except BaseException:
            connected.close()
            raise

    def _addresses(self, host: str, port: int, exchange: Exchange) -> list[SocketAddress]:
        try:
            addresses = self.resolve(host, port, timeout=exchange.left())
        except TimeoutError:
            words = Text("the DNS server did not respond in time")
            raise exchange.failed(ReasonCode.PROVIDER_TIMEOUT, words) from None
        except UnicodeError:
            raise exchange.failed(ReasonCode.ADDRESS_REFUSED, Text("the host is not a valid name")) from None
        except OSError as error:
            away = isinstance(error, gaierror) and error.errno == EAI_AGAIN
            words = (
                Text("the DNS server did not respond") if away else Text("the host name does not resolve to an address")
            )
            raise exchange.failed(ReasonCode.PROVIDER_UNREACHABLE, words) from error
        for address in addresses:
            if kind := self.guard.refusal(address[0]):
                raise exchange.failed(ReasonCode.ADDRESS_REFUSED, Text(HOST_RESOLVES, kind=kind))
        return addresses[:_ADDRESSES_TRIED]

    def _connect(self, addresses: list[SocketAddress], exchange: Exchange) -> socket:
        """Try the addresses in turn; each gets an equal share of the remaining connect timeout."""
        until = exchange.monotonic() + self.connect_timeout_s
        problem: OSError | None = None
        for position, address in enumerate(addresses):
            share = max(until - exchange.monotonic(), _LEAST_SHARE_S) / (len(addresses) - position)
            patience = min(share, exchange.left())  # raises after the deadline, before there is a socket to close
            connected = socket(AF_INET6 if ":" in address[0] else AF_INET, SOCK_STREAM)
            try:
                connected.settimeout(patience)
                connected.connect(address)
                connected.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            except OSError as error:
                connected.close()
                problem = error
            else:
                return connected
        if isinstance(problem, TimeoutError):
            raise exchange.failed(ReasonCode.PROVIDER_TIMEOUT, Text("the connection was not established in time"))
        refused = isinstance(problem, ConnectionRefusedError)
        words = Text("the connection was refused") if refused else Text("the host is unreachable")
        raise exchange.failed(ReasonCode.PROVIDER_UNREACHABLE, words) from problem

    def _context(self, target: Target, exchange: Exchange) -> ssl.SSLContext:
        try:
            return self.contexts.presenting(target.certificate)
        except (ssl.SSLError, ValueError) as error:
            words = Text("the client certificate and its key cannot be used together")
            raise exchange.failed(ReasonCode.MISCONFIGURED, words) from error

    def _handshake(self, connected: socket, context: ssl.SSLContext, host: str, exchange: Exchange) -> socket:
        # One timeout covers the whole handshake, however slowly its bytes arrive.
        connected.settimeout(exchange.left())
        try:
            return context.wrap_socket(connected, server_hostname=host.rstrip("."))
        except TimeoutError:
            words = Text("the TLS handshake was not completed in time")
            raise exchange.failed(ReasonCode.PROVIDER_TIMEOUT, words) from None
        except ssl.SSLError as error:
            raise exchange.failed(ReasonCode.PROVIDER_TLS, tls.in_words(error)) from error
        except OSError as error:
            words = Text("the server closed the connection during the TLS handshake")
            raise exchange.failed(ReasonCode.PROVIDER_TLS, words) from error
