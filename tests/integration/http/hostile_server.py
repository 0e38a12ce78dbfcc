"""A server on loopback that does to each connection whatever a test wants."""

import contextlib
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

Behaviour = Callable[[socket.socket], None]


@dataclass(slots=True)
class HostileServer:
    """`connections` counts what was accepted; `requests` holds the heads and bodies that `answering` read."""

    behaviour: Behaviour
    tls: ssl.SSLContext | None
    listener: socket.socket
    connections: int = 0
    open: list[socket.socket] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                self.open.append(connection)
                self.run(self.serve, connection)

    def serve(self, connection: socket.socket) -> None:
        # What the client does to a hostile server (closing early, refusing the handshake) is no failure of a test.
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self.open.append(connection)
            self.behaviour(connection)
        hang_up(connection)

    def run(self, target: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=target, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def stop(self) -> None:
        hang_up(self.listener)
        for connection in list(self.open):
            hang_up(connection)
        for thread in list(self.threads):
            thread.join(5)


def hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


@contextmanager
def hostile_server(
    behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, address: str = "127.0.0.1", port: int = 0
) -> Iterator[HostileServer]:
    listener = socket.create_server((address, port))
    server = HostileServer(behaviour, tls, listener)
    server.run(server.accept)
    try:
        yield server
    finally:
        server.stop()


def read_request(connection: socket.socket) -> bytes:
    """One request, head and body; nothing where the client closed."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65_536)
        if not part:
            return b""
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def answering(*answers: bytes, seen: list[bytes] | None = None) -> Behaviour:
    """Answer the requests of each connection by `answers`, one after the other, the last one again and again."""

    def behave(connection: socket.socket) -> None:
        rest = list(answers)
        while request := read_request(connection):
            if seen is not None:
                seen.append(request)
            connection.sendall(rest.pop(0) if len(rest) > 1 else rest[0])

    return behave


def ok(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def endless(head: bytes, part: bytes) -> Behaviour:
    """Say `head`, then `part` for as long as somebody listens."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        while True:
            connection.sendall(part)

    return behave


def silent(connection: socket.socket) -> None:
    """Listen until the client goes away, and never say a word."""
    while connection.recv(65_536):
        pass


def reset(connection: socket.socket) -> None:
    """Hear something, and break the connection."""
    connection.recv(65_536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
