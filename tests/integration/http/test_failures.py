import gc
import gzip
import socket
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.adapters.http.client import Limits
from app.adapters.http.resolver import SocketAddress
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import OutboundRequest
from tests.integration.http.hostile_server import (
    Behaviour,
    answering,
    endless,
    hostile_server,
    ok,
    read_request,
    reset,
    silent,
)
from tests.integration.http.sending import MovableClock, Sender, sender

CAP = 262_144


@pytest.fixture
def browser() -> Iterator[Sender]:
    with sender(development=True) as made:
        yield made


def failure(browser: Sender, behaviour: Behaviour, *, within: float = 10.0) -> SsoError:
    with hostile_server(behaviour) as server, pytest.raises(SsoError) as stopped:
        browser.get(server.url("/token?code=topsecret"), within=within)
    assert stopped.value.details["host"] == "127.0.0.1"
    assert set(stopped.value.details) == {"host", "error"}
    assert "topsecret" not in str(stopped.value.details)
    return stopped.value


def test_nobody_listening_is_unreachable(browser: Sender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SsoError) as stopped:
        browser.get(f"http://127.0.0.1:{port}/")
    assert stopped.value.code is ReasonCode.PROVIDER_UNREACHABLE
    assert stopped.value.details == {"host": "127.0.0.1", "error": "the connection was refused"}


def test_a_name_without_an_address_is_unreachable() -> None:
    def nowhere(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with sender(resolver=nowhere) as browser, pytest.raises(SsoError) as stopped:
        browser.get("https://idp.example/")
    assert stopped.value.code is ReasonCode.PROVIDER_UNREACHABLE
    assert stopped.value.details == {"host": "idp.example", "error": "the host name does not resolve to an address"}


def test_a_name_server_that_is_away_is_told_apart() -> None:
    def away(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    with sender(resolver=away) as browser, pytest.raises(SsoError) as stopped:
        browser.get("https://idp.example/")
    assert stopped.value.details["error"] == "the DNS server did not respond"


def test_a_name_server_that_hangs_is_a_timeout() -> None:
    def hang(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        raise TimeoutError

    with sender(resolver=hang) as browser, pytest.raises(SsoError) as stopped:
        browser.get("https://idp.example/")
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT


def test_the_second_address_is_tried_when_the_first_is_dead() -> None:
    def two(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        return [("127.0.0.3", port), ("127.0.0.1", port)]

    with sender(development=True, resolver=two) as browser, hostile_server(answering(ok(b"x"))) as server:
        assert browser.get(server.url(host="idp.example")).body == b"x"


def test_a_host_that_accepts_no_connection_is_a_timeout() -> None:
    limits = Limits(connect_timeout_s=0.05)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(4):
            knocking = waiting.enter_context(socket.socket())
            knocking.settimeout(0)
            knocking.connect_ex(full.getsockname())
        with sender(development=True, limits=limits) as browser, pytest.raises(SsoError) as stopped:
            browser.get(f"http://127.0.0.1:{full.getsockname()[1]}/")
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    assert stopped.value.details["error"] == "the connection was not established in time"


def test_a_name_that_no_name_server_can_be_asked_for_is_refused() -> None:
    def no_name(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        raise UnicodeError("label empty or too long")

    with sender(resolver=no_name) as browser, pytest.raises(SsoError) as stopped:
        browser.get("https://idp.example/")
    assert stopped.value.code is ReasonCode.ADDRESS_REFUSED


def test_a_connection_that_breaks_is_unreachable(browser: Sender) -> None:
    assert failure(browser, reset).code is ReasonCode.PROVIDER_UNREACHABLE


def test_a_kept_connection_that_is_reset_within_the_answer_is_unreachable(browser: Sender) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(ok(b"x"))
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        reset(connection)

    with hostile_server(behave) as server:
        browser.get(server.url())
        with pytest.raises(SsoError) as stopped:
            browser.get(server.url())
        assert server.connections == 1
    assert stopped.value.code is ReasonCode.PROVIDER_UNREACHABLE
    assert stopped.value.details["error"] == "the server closed the connection while sending its response"


def test_a_server_that_never_answers_is_a_timeout(browser: Sender) -> None:
    stopped = failure(browser, silent, within=1)
    assert stopped.code is ReasonCode.PROVIDER_TIMEOUT
    assert stopped.details["error"] == "no response in time"


def test_a_deadline_that_is_over_is_a_timeout_without_a_connection(browser: Sender) -> None:
    with hostile_server(answering(ok(b"x"))) as server, pytest.raises(SsoError) as stopped:
        browser.get(server.url(), within=0)
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    assert server.connections == 0


def test_a_deadline_that_ends_while_the_name_is_resolved_leaves_no_socket_open() -> None:
    clock = MovableClock()

    def slow(host: str, port: int, *, timeout: float) -> list[SocketAddress]:
        clock.pass_by(timeout)
        return [("127.0.0.1", port)]

    with (
        sender(development=True, clock=clock, resolver=slow) as late,
        pytest.raises(SsoError) as stopped,
    ):
        late.get("http://127.0.0.1:8080/")
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    del stopped, late
    gc.collect()  # a socket that nobody closed would be reported, as an error, here


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"],
    ids=["status line", "headers", "body"],
)
def test_a_server_that_drips_is_cut_off_at_the_deadline(head: bytes) -> None:
    clock = MovableClock()

    def drip(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        while True:
            clock.pass_by(1)
            connection.sendall(b"x")

    with sender(development=True, clock=clock) as browser:
        stopped = failure(browser, drip, within=10)
    assert stopped.code is ReasonCode.PROVIDER_TIMEOUT


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 60_000 + b"\r\n"),
        (b"HTTP/1.1 ", b"x" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"T: " + b"t" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"e" * 1000 + b"\r\nx\r\n"),
    ],
    ids=["long headers", "status line", "100 Continue", "103 Early Hints", "trailers", "chunk extensions"],
)
def test_a_server_that_goes_on_and_on_is_cut_off(browser: Sender, head: bytes, part: bytes) -> None:
    assert failure(browser, endless(head, part)).code in {
        ReasonCode.ANSWER_TOO_LARGE,
        ReasonCode.ANSWER_INVALID,
    }


def test_many_short_headers_are_cut_off(browser: Sender) -> None:
    stopped = failure(browser, endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n" * 100))
    assert stopped.code is ReasonCode.ANSWER_INVALID


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n",
    ],
    ids=["50 MB", "10 GB", "without a length", "one chunk of 1 TB"],
)
def test_a_big_answer_is_refused_and_memory_stays_flat(browser: Sender, head: bytes) -> None:
    part = b"x" * 65_536
    tracemalloc.start()
    try:
        stopped = failure(browser, endless(head, part))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stopped.code is ReasonCode.ANSWER_TOO_LARGE
    assert stopped.details["error"] == "the response is larger than 256 KB"
    assert peak < 2_000_000


def test_an_answer_of_exactly_the_cap_is_taken(browser: Sender) -> None:
    with hostile_server(answering(ok(b"x" * CAP))) as server:
        assert len(browser.get(server.url()).body) == CAP
    assert failure(browser, answering(ok(b"x" * (CAP + 1)))).code is ReasonCode.ANSWER_TOO_LARGE


def test_a_gzip_bomb_is_refused_and_memory_stays_flat(browser: Sender) -> None:
    bomb = gzip.compress(bytes(50_000_000), mtime=0)
    assert len(bomb) < CAP
    tracemalloc.start()
    try:
        stopped = failure(browser, answering(ok(bomb, "Content-Encoding: gzip")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert stopped.code is ReasonCode.ANSWER_TOO_LARGE
    assert peak < 2_000_000


def test_gzip_is_unpacked_though_it_was_not_asked_for(browser: Sender) -> None:
    packed = ok(gzip.compress(b'{"keys": []}', mtime=0), "Content-Encoding: GZIP")
    with hostile_server(answering(packed)) as server:
        assert browser.get(server.url()).body == b'{"keys": []}'


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"-ERR unknown command 'GET'\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        ok(b"not gzip at all", "Content-Encoding: gzip"),
        ok(gzip.compress(b"cut short", mtime=0)[:-4], "Content-Encoding: gzip"),
        ok(gzip.compress(b"one", mtime=0) + b"and more", "Content-Encoding: gzip"),
        ok(b"x", "Content-Encoding: br"),
        ok(b"x", "Content-Encoding: gzip, gzip"),
    ],
)
def test_what_is_no_proper_answer_is_invalid(browser: Sender, answer: bytes) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)

    assert failure(browser, behave).code is ReasonCode.ANSWER_INVALID


@pytest.mark.parametrize("token", ["a\r\nX-Injected: 1", "a\nb", "ключ", "a\x00b"])
def test_a_token_that_cannot_stand_in_a_header_is_never_sent(browser: Sender, token: str) -> None:
    with hostile_server(answering(ok(b"x"))) as server, pytest.raises(SsoError) as stopped:
        browser.send(OutboundRequest("GET", server.url(), {"Authorization": f"Bearer {token}"}))
    assert stopped.value.code is ReasonCode.ANSWER_INVALID
    assert token not in str(stopped.value.details)
    assert server.connections == 0
