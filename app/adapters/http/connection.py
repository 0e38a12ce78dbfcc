"""HTTP/1.1 over one socket, with every read and write under the deadline and byte limit of its exchange."""

import io
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPResponse, IncompleteRead, UnknownTransferEncoding
from socket import socket

from app.adapters.http.dialler import Dialler
from app.adapters.http.exchange import Exchange
from app.adapters.http.target import Target

_INTERIM_ANSWERS = range(101, 200)


class Connection:
    """A reusable connection. `exchange` is the request it serves; `idle_since` is monotonic seconds.

    It writes its requests itself: `http.client` would check again what was checked with the target and the headers.
    """

    def __init__(self, target: Target, dialler: Dialler, exchange: Exchange) -> None:
        self.target = target
        self.exchange = exchange
        self.idle_since = 0.0
        self.sock: socket | None = None
        self._dialler = dialler

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> HTTPResponse:
        """Send a request and read the response's head. Raises SsoError, OSError or HTTPException."""
        self.exchange.begin()
        if self.sock is None:
            self.sock = self._dialler.dial(self.target, self.exchange)
        self.sock.settimeout(self.exchange.left())
        # A server may respond and close before it has read everything: its response can still be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            # Head and body leave together: two packets would wake the server twice.
            self.sock.sendall(self._head(method, path, headers, body) + (body or b""))
        answer = _Answer(self.sock, self.exchange, method)
        try:
            answer.begin()
        except BaseException:
            answer.close()
            raise
        if answer.will_close:  # what is left of it can still be read
            self.close()
        return answer

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
            self.sock = None

    def _head(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        """RFC 9112, section 3."""
        fields = {"Host": self.target.authority, **headers}
        if body is not None:
            fields["Content-Length"] = str(len(body))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        if any("\r" in line or "\n" in line for line in lines):  # target and values are checked before: once more
            raise ValueError("a line end within a request's head")
        return "\r\n".join([*lines, "", ""]).encode("ascii")


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
