"""What a provider in wrong hands answers, and where it is asked (docs/security.md)."""

import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from app.domain.reasons import ReasonCode
from tests.fake_idp import Reply
from tests.fake_idp.provider import Endpoint
from tests.threats.acme import Acme

MEGABYTE = 1024 * 1024
FLOOD_MB = 50
PATIENCE_S = 10
"""How long the bridge gives a provider for the whole of a request."""
REMEMBERED_S = 30
"""After this nothing of a failure is left (docs/reference.md, "URLs")."""
LONG_AGO_S = 90_000
"""After this nothing is left of what the bridge knew of a provider."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the bridge asks a provider. `setting` of a connection says where else it may be."""

    endpoint: Endpoint
    setting: str
    odd: ReasonCode
    """For an answer that is not what this endpoint should send."""
    needs: dict[str, object] = field(default_factory=dict)
    """What a connection must say for it to be asked at all."""

    def open(self, acme: Acme) -> None:
        """Let logins of acme come by here, as strangers: nothing is known of the provider any more."""
        acme.world.clock.forward(LONG_AGO_S)
        acme.idp.claims_in = "userinfo" if self.endpoint == "userinfo" else "id_token"
        needs = {name: acme.idp.url("emails") if value == "emails" else value for name, value in self.needs.items()}
        self._save(acme, needs)

    def move(self, acme: Acme, url: str) -> None:
        """From now on it is to be found under this address."""
        self._save(acme, {**self.needs, self.setting: url})

    def _save(self, acme: Acme, settings: dict[str, object]) -> None:
        provider = replace(acme.main.provider, **settings)  # type: ignore[arg-type]  # named above, field by field
        acme.world.save(replace(acme.main, provider=provider))


DISCOVERY = Site("discovery", "discovery_url", ReasonCode.DISCOVERY_INVALID)
KEYS = Site("jwks", "jwks_uri", ReasonCode.KEYS_UNAVAILABLE)
SITES = (
    DISCOVERY,
    KEYS,
    Site("par", "par_endpoint", ReasonCode.ANSWER_INVALID, {"par": "required"}),
    Site("token", "token_endpoint", ReasonCode.ANSWER_INVALID),
    Site("userinfo", "userinfo_endpoint", ReasonCode.ANSWER_INVALID),
    Site("emails", "emails_endpoint", ReasonCode.ANSWER_INVALID, {"emails_endpoint": "emails"}),
)

Attack = Callable[[Acme], Reply]
JSON = {"Content-Type": "application/json"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def flood(acme: Acme) -> Reply:
    return Reply(headers=JSON, body=_pieces(FLOOD_MB))


def announced_flood(acme: Acme) -> Reply:
    return Reply(headers={**JSON, "Content-Length": str(FLOOD_MB * MEGABYTE)}, body=b'{"')


def bomb(acme: Acme) -> Reply:
    return Reply(headers={**JSON, "Content-Encoding": "gzip"}, body=_packed())


def endless_headers(acme: Acme) -> Reply:
    return Reply(by_hand=lambda connection: _for_ever(connection, HEAD, b"X-More: " + b"x" * 2000 + b"\r\n"))


def endless_interim_answers(acme: Acme) -> Reply:
    return Reply(by_hand=lambda connection: _for_ever(connection, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50))


def dripping_head(acme: Acme) -> Reply:
    return Reply(by_hand=lambda connection: _drip(acme, connection, b"HTTP/1.1 "))


def dripping_body(acme: Acme) -> Reply:
    return Reply(by_hand=lambda connection: _drip(acme, connection, HEAD + b"Content-Length: 1000\r\n\r\n"))


def moved(acme: Acme) -> Reply:
    return Reply(status=307, headers={"Location": f"{acme.idp.base_url}/inside"})


def cut_short(acme: Acme) -> Reply:
    return Reply(headers={**JSON, "Content-Length": "1000"}, body=b'{"')


def _pieces(megabytes: int) -> Iterator[bytes]:
    piece = b" " * 65_536
    return (piece for _ in range(megabytes * MEGABYTE // len(piece)))


@lru_cache
def _packed() -> bytes:
    packing = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    return b"".join(packing.compress(piece) for piece in _pieces(FLOOD_MB)) + packing.flush()


def _for_ever(connection: socket.socket, head: bytes, part: bytes) -> None:
    connection.sendall(head)
    while True:
        connection.sendall(part)


def _drip(acme: Acme, connection: socket.socket, head: bytes) -> None:
    """A byte a second, for as long as the bridge may listen and a little longer; then silence until it has gone."""
    connection.sendall(head)
    for _ in range(PATIENCE_S + 2):
        acme.world.clock.forward(1)
        connection.sendall(b"2")
    connection.recv(1)


ATTACKS: dict[str, tuple[Attack, ReasonCode]] = {
    "50 MB": (flood, ReasonCode.ANSWER_TOO_LARGE),
    "50 MB announced": (announced_flood, ReasonCode.ANSWER_TOO_LARGE),
    "a gzip bomb": (bomb, ReasonCode.ANSWER_TOO_LARGE),
    "endless headers": (endless_headers, ReasonCode.ANSWER_TOO_LARGE),
    "endless interim answers": (endless_interim_answers, ReasonCode.ANSWER_TOO_LARGE),
    "a byte of the head a second": (dripping_head, ReasonCode.PROVIDER_TIMEOUT),
    "a byte of the body a second": (dripping_body, ReasonCode.PROVIDER_TIMEOUT),
    "an answer cut short": (cut_short, ReasonCode.ANSWER_INVALID),
    "a connection closed without a word": (lambda _: Reply(drop=True), ReasonCode.PROVIDER_UNREACHABLE),
    "no HTTP": (
        lambda _: Reply(by_hand=lambda connection: connection.sendall(b"220 smtp.example ESMTP\r\n")),
        ReasonCode.ANSWER_INVALID,
    ),
    "two lengths": (
        lambda _: Reply(headers={"Transfer-Encoding": "gzip, chunked", "Content-Length": "2"}, body=b"{}"),
        ReasonCode.ANSWER_INVALID,
    ),
    "an encoding nobody asked for": (
        lambda _: Reply(headers={"Content-Encoding": "br"}, body=b"{}"),
        ReasonCode.ANSWER_INVALID,
    ),
    "a server error": (lambda _: Reply(status=503, body=b"<h1>Down</h1>"), ReasonCode.PROVIDER_ERROR),
}

ODD: dict[str, bytes] = {
    "deep JSON": b'{"a":' * 50_000,
    "deep JSON that is closed": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "invalid UTF-8": b'{"access_token": "\xff\xfe", "issuer": "\xff"}',
    "UTF-16": '{"access_token": "x"}'.encode("utf-16"),
    "half a surrogate pair": b'{"issuer": "\\ud800", "access_token": "\\udfff", "sub": "\\ud800"}',
    "a NUL": b'{"issuer": "\\u0000", "access_token": "a\\u0000"}',
    "a member twice": b'{"access_token": "a", "access_token": "b", "issuer": "a", "issuer": "b"}',
    "NaN": b'{"expires_in": NaN}',
    "an endless number": b'{"expires_in": ' + b"9" * 100_000 + b"}",
    "nothing": b"",
    "a page": b"<!doctype html><title>Sign in</title>",
    "a word": b'"access_token"',
}
"""What is no document that could be relied on, at any endpoint."""
