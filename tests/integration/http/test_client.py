import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from app.adapters.http.client import Limits
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.outbound import OutboundRequest
from tests.integration.http.hostile_server import answering, hostile_server, ok, read_request
from tests.integration.http.sending import MovableClock, Sender, sender


@pytest.fixture
def browser() -> Iterator[Sender]:
    with sender(development=True) as made:
        yield made


def test_an_answer_comes_back_with_status_headers_and_body(browser: Sender) -> None:
    with hostile_server(answering(ok(b'{"a": 1}', "Content-Type: application/json"))) as server:
        answer = browser.get(server.url("/userinfo"))
    assert (answer.status, answer.body) == (200, b'{"a": 1}')
    assert answer.headers["content-type"] == "application/json"
    assert answer.took_ms >= 0


def test_what_is_sent_is_what_was_asked_and_who_asks(browser: Sender) -> None:
    seen: list[bytes] = []
    with hostile_server(answering(ok(b""), seen=seen)) as server:
        headers = {"Authorization": "Basic eDp5", "Content-Type": "application/x-www-form-urlencoded"}
        url = server.url("/token?tenant=a#fragment")
        browser.send(OutboundRequest("POST", url, headers, b"grant_type=authorization_code"))
        port = server.port
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST /token?tenant=a HTTP/1.1"
    assert set(head.split(b"\r\n")[1:]) == {
        f"Host: 127.0.0.1:{port}".encode(),
        b"User-Agent: sso-bridge",
        b"Accept-Encoding: identity",
        b"Authorization: Basic eDp5",
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: 29",
    }
    assert body == b"grant_type=authorization_code"


def test_a_request_may_name_itself_otherwise(browser: Sender) -> None:
    seen: list[bytes] = []
    with hostile_server(answering(ok(b""), seen=seen)) as server:
        browser.send(OutboundRequest("GET", server.url(), {"user-agent": "probe"}))
    assert b"User-Agent: probe\r\n" in seen[0]
    assert b"sso-bridge" not in seen[0]


def test_a_header_that_comes_twice_is_joined(browser: Sender) -> None:
    with hostile_server(answering(ok(b"", "WWW-Authenticate: DPoP", "WWW-Authenticate: Bearer"))) as server:
        assert browser.get(server.url()).headers["www-authenticate"] == "DPoP, Bearer"


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "429 Slow Down", "503 Away"])
def test_an_error_status_is_an_answer(browser: Sender, status: str) -> None:
    with hostile_server(answering(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nno".encode())) as server:
        answer = browser.get(server.url())
    assert (answer.status, answer.body) == (int(status[:3]), b"no")


def test_a_chunked_answer_is_put_together(browser: Sender) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: t\r\n\r\n"
    with hostile_server(answering(chunked)) as server:
        assert browser.get(server.url()).body == b"abcdefg"
        assert browser.get(server.url()).body == b"abcdefg"
        assert server.connections == 1


def test_an_answer_without_a_length_ends_with_the_connection(browser: Sender) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nall of it")

    with hostile_server(behave) as server:
        assert browser.get(server.url()).body == b"all of it"


def test_hints_before_the_answer_are_not_the_answer(browser: Sender) -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    with hostile_server(answering(hints + ok(b"here"))) as server:
        answer = browser.get(server.url())
    assert (answer.status, answer.body) == (200, b"here")
    assert "link" not in answer.headers


def test_a_connection_is_used_again(browser: Sender) -> None:
    with hostile_server(answering(ok(b"x"))) as server:
        for _ in range(5):
            browser.get(server.url())
        assert server.connections == 1


def test_a_connection_that_was_silent_for_a_minute_is_not_trusted() -> None:
    clock = MovableClock()
    with sender(development=True, clock=clock) as browser, hostile_server(answering(ok(b"x"))) as server:
        browser.get(server.url())
        clock.pass_by(60)
        browser.get(server.url())
        assert server.connections == 2


def test_a_server_that_says_close_is_asked_over_a_new_connection(browser: Sender) -> None:
    with hostile_server(answering(ok(b"x", "Connection: close"))) as server:
        browser.get(server.url())
        browser.get(server.url())
        assert server.connections == 2


def test_a_kept_connection_that_closes_before_a_byte_is_tried_once_more(browser: Sender) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(ok(b"x"))
        # The second request is read, and the connection closed without a word.
        seen.append(read_request(connection))

    with hostile_server(behave) as server:
        browser.get(server.url("/first"))
        assert browser.get(server.url("/second")).body == b"x"
        assert server.connections == 2
        browser.client.close()
    assert [request.split(b" ")[1] for request in seen if request] == [b"/first", b"/second", b"/second"]


def test_a_new_connection_that_closes_before_a_byte_is_not_tried_again(browser: Sender) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)

    with hostile_server(behave) as server, pytest.raises(SsoError) as stopped:
        browser.get(server.url())
    assert stopped.value.code is ReasonCode.PROVIDER_UNREACHABLE
    assert server.connections == 1


def test_a_kept_connection_that_breaks_within_the_answer_is_not_tried_again(browser: Sender) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(ok(b"x"))
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")

    with hostile_server(behave) as server:
        browser.get(server.url())
        with pytest.raises(SsoError) as stopped:
            browser.get(server.url())
        assert server.connections == 1
    assert stopped.value.code is ReasonCode.ANSWER_INVALID


def test_an_answer_sent_before_the_whole_request_was_read_is_still_heard(browser: Sender) -> None:
    def behave(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass

    with hostile_server(behave) as server:
        assert browser.send(OutboundRequest("POST", server.url(), {}, b"x" * 4_000_000)).status == 413


def test_many_threads_share_one_client(browser: Sender) -> None:
    with hostile_server(answering(ok(b"x"))) as server, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: browser.get(server.url()).body, range(80)))
        assert answers == [b"x"] * 80
        assert server.connections <= 8


def test_one_bulkhead_cannot_take_all_threads_and_another_goes_on() -> None:
    arrived, let_go = Event(), Event()

    def hang(connection: socket.socket) -> None:
        read_request(connection)
        arrived.set()
        let_go.wait(10)
        connection.sendall(ok(b"late"))

    limits = Limits(bulkhead_width=1, bulkhead_patience_s=0.0)
    with (
        sender(development=True, limits=limits) as browser,
        hostile_server(hang) as slow,
        hostile_server(answering(ok(b"x"))) as quick,
        ThreadPoolExecutor(1) as pool,
    ):
        hanging = pool.submit(browser.get, slow.url(), bulkhead_key="a")
        assert arrived.wait(10)
        with pytest.raises(SsoError) as stopped:
            browser.get(slow.url(), bulkhead_key="a")
        assert browser.get(quick.url(), bulkhead_key="b").body == b"x"
        let_go.set()
        assert hanging.result(10).body == b"late"
        assert browser.get(quick.url(), bulkhead_key="a").body == b"x"
    assert stopped.value.code is ReasonCode.PROVIDER_TIMEOUT
    assert stopped.value.details["busy"] is True


def test_a_provider_that_is_away_is_not_asked_again_for_ten_seconds_then_once() -> None:
    clock = MovableClock()

    def hang_up_at_once(connection: socket.socket) -> None:
        read_request(connection)

    with sender(development=True, clock=clock) as browser, hostile_server(hang_up_at_once) as server:
        for _ in range(5):
            with pytest.raises(SsoError):
                browser.get(server.url())
        with pytest.raises(SsoError) as refused:
            browser.get(server.url())
        assert server.connections == 5
        assert refused.value.code is ReasonCode.PROVIDER_UNREACHABLE
        assert refused.value.details["circuit"] == "open"
        server.behaviour = answering(ok(b"back"))
        clock.pass_by(10)
        assert browser.get(server.url()).body == b"back"
        assert browser.get(server.url()).body == b"back"


def test_a_forked_worker_uses_no_connection_of_its_parent(browser: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile_server(answering(ok(b"x"))) as server:
        browser.get(server.url())
        parent = browser.client._machinery
        monkeypatch.setattr("os.getpid", lambda: -1)
        browser.get(server.url())
        browser.get(server.url())
        assert server.connections == 2
        parent.adapter.close()
