"""A browser as cheap as can be: kept connections, cookies by name, no redirect followed by itself."""

import socket
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

FOUND, SEE_OTHER, OK = 302, 303, 200
PATIENCE_S = 30


class Answer(NamedTuple):
    """`headers` are in lower case; of several with one name the last counts. Of cookies that are set, the names."""

    status: int
    headers: dict[str, str]
    body: bytes


class Failed(Exception):
    """An answer that the benchmark does not expect: its run does not count."""


@dataclass(slots=True)
class Browser:
    """One person's."""

    cookies: dict[str, str] = field(default_factory=dict)
    connections: dict[str, socket.socket] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    """What a visit needs for the next one."""
    requests: list[bytes] = field(default_factory=list)
    """What is sent again and again as it is."""

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)

    def get(self, url: str, **headers: str) -> Answer:
        return self.send("GET", url, b"", headers)

    def post(self, url: str, body: bytes, **headers: str) -> Answer:
        return self.send("POST", url, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def send(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
        if self.cookies:
            lines.append(f"Cookie: {self.cookie_header}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        connection = self._connection(parts.netloc)
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return self._read(connection)

    def _connection(self, place: str) -> socket.socket:
        if place not in self.connections:
            self.connections[place] = connected(place)
        return self.connections[place]

    def _read(self, connection: socket.socket) -> Answer:
        received = b""
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                raise Failed("the connection was closed")
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "set-cookie":
                cookie, _, rest = value.strip().partition("=")
                self.cookies[cookie] = rest.split(";", 1)[0]
                headers["set-cookie"] = f"{headers.get('set-cookie', '')}{cookie};"
            else:
                headers[name.lower()] = value.strip()
        size = int(headers.get("content-length", 0))
        while len(body) < size:
            body += connection.recv(65536)
        return Answer(int(lines[0].split(" ", 2)[1]), headers, body)


def connected(place: str) -> socket.socket:
    """To `host:port`."""
    host, _, port = place.partition(":")
    connection = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def expect(answer: Answer, status: int) -> Answer:
    """Raises Failed."""
    if answer.status != status:
        raise Failed(f"{answer.status} instead of {status}: {answer.body[:300].decode('utf-8', 'replace')}")
    return answer
