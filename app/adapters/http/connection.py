"""HTTP/1.1 over one socket, with every read and write under the deadline and byte limit of its exchange."""

import io
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, UnknownTransferEncoding
from socket import socket

from app.adapters.http.dialler import Dialler
from app.adapters.http.exchange import Exchange
from app.adapters.http.target import Target

_INTERIM_ANSWERS = range(101, 200)


class Connection(HTTPConnection):
    """A reusable connection. `exchange` is the request it serves; `idle_since` is monotonic seconds."""

    def __init__(self, target: Target, dialler: Dialler, exchange: Exchange) -> None:
        super().__init__(target.host, target.port)
        self.target = target
        self.exchange = exchange
        self.idle_since = 0.0
        # The `Host` header omits the scheme's default port.
        self.default_port = 443 if target.scheme == "https" else 80
        self._dialler = dialler
        self._outgoing: list[bytes] = []

    def connect(self) -> None:
        self.sock = self._dialler.dial(self.target, self.exchange)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> HTTPResponse:
        """Send a request and read the response's head. Raises SsoError, OSError or HTTPException."""
        self.exchange.begin()
        if self.sock is None:
            self.connect()
        self.sock.settimeout(self.exchange.left())
        self._outgoing.clear()
        self.request(method, path, body, headers)
        # A server may respond and close before it has read everything: its response can still be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.sock.sendall(b"".join(self._outgoing))
        return self.getresponse()

    def send(self, data: bytes) -> None:  # type: ignore[override]  # `request` gives nothing else
        """Of head and body, which leave together: two packets would wake the server twice."""
        self._outgoing.append(data)

    def response_class(self, sock: socket, method: str | None = None) -> "_Answer":  # type: ignore[override]
        """What `getresponse` instantiates."""
        return _Answer(sock, self.exchange, method)


class _Answer(HTTPResponse):
    """A response being received. `read1` raises IncompleteRead if it ends early."""

    def __init__(self, sock: socket, exchange: Exchange, method: str | None) -> None:
        super().__init__(_Metered(sock, exchange), method=method)  # type: ignore[arg-type]  # it only calls makefile
        self._exchange = exchange

    def begin(self) -> None:
        super().begin()
        # RFC 9110, 15.2: any number of interim responses may precede the final one.
        while self.status in _INTERIM_ANSWERS:
            self.headers = self.msg = None  # type: ignore[assignment]  # tells `begin` that nothing was read yet
            super().begin()
        encoding = self.headers.get("transfer-encoding", "chunked")
        if encoding.lower() != "chunked":
            raise UnknownTransferEncoding(encoding)
        self._exchange.expect_body()

    def read1(self, n: int = -1) -> bytes:
        part = super().read1(n)
        if not part and self.length:
            raise IncompleteRead(b"", self.length)
        return part


class _Metered:
    """What a response uses as its socket."""

    def __init__(self, sock: socket, exchange: Exchange) -> None:
        self._sock = sock
        self._exchange = exchange

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_MeteredReader(self._sock, self._exchange))


class _MeteredReader(io.RawIOBase):
    """Reads a socket. No read waits longer than the exchange has left, so slow bytes end in time too."""

    def __init__(self, sock: socket, exchange: Exchange) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)
        self._exchange = exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader passes nothing else
        self._sock.settimeout(self._exchange.left())
        received = self._file.readinto(buffer) or 0
        self._exchange.count(received)
        return received

    def close(self) -> None:
        self._file.close()
        super().close()
