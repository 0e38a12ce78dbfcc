"""The real server before slow, half-sent and forged requests: what one visitor holds up is never somebody else's."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from app.web.server import bodies
from app.web.server.limits import MAX_BODY_BYTES
from tests.fake_idp import FakeProvider
from tests.integration.customer import new_customer
from tests.integration.server import Server
from tests.services.process import LOOPBACK
from tests.services.worlds import migrate

WAIT_S = 60
FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker, behind one proxy, so that there is nobody else to answer."""
    folder = tmp_path_factory.mktemp("front")
    url = f"sqlite:///{folder}/sso-bridge.sqlite3"
    migrate(url)
    running = Server.start(folder, url, workers=1, SSO_BRIDGE_TRUSTED_PROXIES="1")
    running.world.tenant("acme")
    yield running
    running.close()


@contextmanager
def sending(server: Server, *lines: str, body: bytes = b"", end: bytes = b"\r\n\r\n") -> Iterator[socket.socket]:
    """A request as it is written here, on a connection of its own."""
    with socket.create_connection((LOOPBACK, server.port), timeout=WAIT_S) as connection:
        connection.sendall("\r\n".join([*lines, "Host: localhost"]).encode() + end + body)
        yield connection


def everything(connection: socket.socket) -> bytes:
    """Until the server closes."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def told(server: Server, *lines: str, body: bytes = b"") -> bytes:
    with sending(server, *lines, "Connection: close", body=body) as connection:
        return everything(connection)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def statuses_of_everybody(server: Server) -> list[int]:
    return [server.get(path).status_code for path in ("/healthz", "/static/site.css", "/session", "/")]


def test_bodies_that_never_come_stop_nobody(server: Server) -> None:
    with ExitStack() as held:
        for number in range(2 * bodies.OF_ONE_ADDRESS):
            head = (
                "POST /t/acme/login HTTP/1.1",
                FORM,
                "Content-Length: 100",
                f"X-Forwarded-For: 198.51.100.{number % 2}",
            )
            held.enter_context(sending(server, *head))
        assert statuses_of_everybody(server) == [200, 200, 401, 200]
        answer = told(server, "POST /logout HTTP/1.1", FORM, "Content-Length: 3", body=b"a=b")
        assert status(answer) not in {408, 500, 503}


def test_slow_bodies_and_half_sent_headers_are_given_up(server: Server) -> None:
    with (
        sending(server, "POST /logout HTTP/1.1", FORM, "Content-Length: 100", body=b"a=b") as slow,
        sending(server, "POST /logout HTTP/1.1", FORM, "Transfer-Encoding: chunked", body=b"3\r\na=b\r\n") as chunked,
        sending(server, "GET /session HTTP/1.1", end=b"") as half,
    ):
        for connection in (slow, chunked):
            answer = everything(connection)
            assert status(answer) == 408
            assert b"sent too slowly" in answer
        assert not everything(half).startswith(b"HTTP/1.1 2")


def test_a_body_that_breaks_off_reaches_nobody(server: Server) -> None:
    for lines, body in (("Content-Length: 9", b"a=b"), ("Transfer-Encoding: chunked", b"3\r\na=b\r\n")):
        with sending(server, "POST /logout HTTP/1.1", FORM, lines, body=body) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert not everything(connection).startswith((b"HTTP/1.1 2", b"HTTP/1.1 3"))


@pytest.mark.parametrize("length", ["content-length", "chunked"])
def test_a_body_over_the_limit_is_refused_by_a_page(server: Server, length: str) -> None:
    body, page = b"q=" + b"x" * MAX_BODY_BYTES, "POST /t/acme/login HTTP/1.1"
    if length == "chunked":
        framed = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        answer = told(server, page, FORM, "Transfer-Encoding: chunked", body=framed)
    else:
        answer = told(server, page, FORM, f"Content-Length: {len(body)}")
    assert status(answer) == 413
    assert b"data-reference" in answer


def test_a_header_with_an_underscore_is_not_the_one_that_the_proxy_sets(server: Server) -> None:
    true, false = "X-Forwarded-For: 203.0.113.5", "X_Forwarded_For: 10.66.66.66"
    for lines in ((true, false), (false, true), (false, true, "X-Forwarded_For: 10.66.66.66")):
        before = server.log().count("203.0.113.5")
        assert status(told(server, "GET /session HTTP/1.1", *lines)) == 401
        assert server.log().count("203.0.113.5") == before + 1
    assert "10.66.66.66" not in server.log()


def test_of_two_lines_of_one_header_the_proxys_comes_last(server: Server) -> None:
    lines = ("X-Forwarded-For: 10.77.77.77", "X-Forwarded-For: 203.0.113.6")
    assert status(told(server, "GET /session HTTP/1.1", *lines)) == 401
    assert "203.0.113.6" in server.log()
    assert "10.77.77.77" not in server.log()


@pytest.mark.parametrize("said", ['"', '10.88.88.88, "x', ","])
def test_what_a_stranger_writes_before_the_proxys_word_does_not_hide_it(server: Server, said: str) -> None:
    before = server.log().count("203.0.113.8")
    assert status(told(server, "GET /session HTTP/1.1", f"X-Forwarded-For: {said}, 203.0.113.8")) == 401
    assert server.log().count("203.0.113.8") == before + 1


@pytest.mark.parametrize("line", ["X-Forwarded-For: é, 203.0.113.9", "Cookie: a=é"])
def test_what_cannot_be_read_is_not_taken_for_absent(server: Server, line: str) -> None:
    answer = told(server, "GET /session HTTP/1.1", line)
    assert status(answer) == 400
    assert b"cannot be read" in answer


def test_an_answer_to_head_says_what_there_would_be(server: Server) -> None:
    answer = told(server, "HEAD /static/site.css HTTP/1.1")
    assert status(answer) == 200
    length = re.search(rb"(?i)content-length: (\d+)", answer)
    assert length is not None
    assert int(length[1]) == len(server.get("/static/site.css").content)
    assert answer.endswith(b"\r\n\r\n")


def test_providers_that_hang_leave_threads_for_everybody_else(server: Server) -> None:
    with FakeProvider() as first, FakeProvider() as second, ThreadPoolExecutor(68) as threads:
        waiting = []
        for idp in (first, second):
            idp.person("alice", email="alice@acme.example")
            customer = new_customer(server, idp)
            visitors = [customer.visitor() for _ in range(34)]
            callbacks = [visitor.callback(idp, customer.slug) for visitor in visitors]
            idp.hang("token")
            waiting += [threads.submit(one.get, callback) for one, callback in zip(visitors, callbacks, strict=True)]
            idp.wait_for("token", timeout=20)
        assert statuses_of_everybody(server) == [200, 200, 401, 200]
        assert any(not one.done() for one in waiting), "they hang, and everybody else was answered"
        for idp in (first, second):
            idp.release()
        assert {one.result().status_code for one in waiting} <= {303, 504}
