"""A threading HTTP/1.1 server on a free loopback port that is up at once and gone at once, kept connections too."""

import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Lock, Thread
from typing import Any

LOOPBACK = "127.0.0.1"
_POLL_SECONDS = 0.01
_LAST_WORD_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer. A body in pieces is sent chunked, piece by piece; `drop` closes the connection without a word.

    `by_hand` says on the connection whatever it likes, in place of all the rest.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    drop: bool = False
    by_hand: Callable[[socket.socket], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request off the wire: the target with its query, header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    certificate: bytes | None = None


Respond = Callable[[Incoming], Reply]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def setup(self) -> None:
        # Here, in the connection's own thread: a client that dawdles holds up nobody.
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        incoming = Incoming(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            certificate=self.connection.getpeercert(binary_form=True)
            if isinstance(self.connection, ssl.SSLSocket)
            else None,
        )
        reply = self.server.respond(incoming)
        # Whoever asked may have gone meanwhile.
        with suppress(ConnectionError):
            self._send(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve

    def _send(self, reply: Reply) -> None:
        if reply.drop:
            self.close_connection = True
            return
        if reply.by_hand:
            self.close_connection = True
            reply.by_hand(self.connection)
            return
        given = {name.lower() for name in reply.headers}
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if isinstance(reply.body, bytes):
            if "content-length" in given:
                # The test says how long; it may be a lie, so nothing can follow on this connection.
                self.close_connection = True
            else:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in reply.body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The provider's own time: a clock that is wrong is wrong in `Date` too."""
        return super().date_time_string(self.server.now())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Say nothing: what came is recorded."""


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond, *, now: Callable[[], float], tls: ssl.SSLContext | None) -> None:
        self.respond = respond
        self.now = now
        self.tls = tls
        self._open: dict[socket.socket, Thread] = {}
        self._lock = Lock()
        super().__init__((LOOPBACK, port), _Handler)

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._open[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def hang_up(self) -> list[Thread]:
        """Break every open connection, in use or kept. Returns the threads that serve them."""
        with self._lock:
            connections = list(self._open.items())
        for connection, _ in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        return [thread for _, thread in connections]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a connection that broke is no news, and `respond` raises nothing."""


class LoopbackServer:
    """Serves `respond` until it is stopped; it can be started again on the same port."""

    def __init__(self, respond: Respond, now: Callable[[], float], tls: ssl.SSLContext | None = None) -> None:
        self._respond = respond
        self._now = now
        self._tls = tls
        self._server: _Server | None = None
        self._threads: list[Thread] = []
        self.port = 0

    def start(self) -> None:
        if self._server:
            return
        self._server = _Server(self.port, self._respond, now=self._now, tls=self._tls)
        self.port = self._server.server_address[1]
        thread = Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
        thread.start()
        self._threads = [thread]

    def stop(self) -> None:
        """Refuse connections from now on and break the open ones, at once."""
        server, self._server = self._server, None
        if server:
            server.shutdown()
            server.server_close()
            self._threads += server.hang_up()

    def join(self) -> None:
        """Wait a moment for what was being answered."""
        for thread in self._threads:
            thread.join(_LAST_WORD_SECONDS)
