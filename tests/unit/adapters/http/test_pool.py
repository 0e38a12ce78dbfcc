import socket
from collections.abc import Iterator

import pytest

from app.adapters.http.address_guard import AddressGuard
from app.adapters.http.connection import Connection
from app.adapters.http.dialler import Dialler
from app.adapters.http.exchange import Exchange
from app.adapters.http.pool import Pool
from app.adapters.http.resolver import PatientResolver
from app.adapters.http.target import Target
from app.adapters.http.tls import Contexts
from app.ports.outbound import ClientCertificate


class Wires:
    """Connections whose other end a test holds."""

    def __init__(self) -> None:
        self.far_ends: list[socket.socket] = []
        self.connections: list[Connection] = []

    def connection(self, host: str = "idp.example") -> Connection:
        dialler = Dialler(
            AddressGuard((), allow_loopback=False),
            PatientResolver(lambda: 0.0),
            2.0,
            Contexts(None, lambda: 0.0),
        )
        made = Connection(target(host), dialler, Exchange(host, 10.0, lambda: 0.0, 1000))
        made.sock, far_end = socket.socketpair()
        self.far_ends.append(far_end)
        self.connections.append(made)
        return made

    def close(self) -> None:
        for far_end in self.far_ends:
            far_end.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def wires() -> Iterator[Wires]:
    made = Wires()
    yield made
    made.close()


def target(host: str = "idp.example") -> Target:
    return Target("https", host, 443, "/")


def test_the_newest_connection_is_used_first(wires: Wires) -> None:
    pool = Pool(lambda: 0.0)
    old, new = wires.connection(), wires.connection()
    pool.give(old)
    pool.give(new)
    assert [pool.take(target()), pool.take(target()), pool.take(target())] == [new, old, None]


@pytest.mark.parametrize(
    "other",
    [
        Target("http", "idp.example", 443, "/"),
        Target("https", "idp.example", 8443, "/"),
        Target("https", "idp.example", 443, "/", ClientCertificate("chain", "key")),
        target("other.example"),
    ],
)
def test_a_connection_serves_its_own_origin_only(wires: Wires, other: Target) -> None:
    pool = Pool(lambda: 0.0)
    pool.give(wires.connection())
    assert pool.take(other) is None


def test_a_connection_that_the_server_closed_is_dropped_and_the_next_one_taken(wires: Wires) -> None:
    pool = Pool(lambda: 0.0)
    alive, closed = wires.connection(), wires.connection()
    pool.give(alive)
    pool.give(closed)
    wires.far_ends[1].close()
    assert pool.take(target()) is alive
    assert closed.sock is None


def test_a_connection_on_which_the_server_spoke_unasked_is_dropped(wires: Wires) -> None:
    pool = Pool(lambda: 0.0)
    pool.give(wires.connection())
    wires.far_ends[0].sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    assert pool.take(target()) is None


def test_a_connection_that_is_closed_already_is_not_kept(wires: Wires) -> None:
    pool = Pool(lambda: 0.0)
    closed = wires.connection()
    closed.close()
    pool.give(closed)
    assert pool.take(target()) is None


def test_of_one_origin_as_many_are_kept_as_of_all_and_the_oldest_goes(wires: Wires) -> None:
    pool = Pool(lambda: 0.0, most=2)
    given = [wires.connection() for _ in range(3)]
    for connection in given:
        pool.give(connection)
    assert [connection.sock is None for connection in given] == [True, False, False]


def test_of_all_only_so_many_are_kept_and_the_origin_used_longest_ago_loses(wires: Wires) -> None:
    pool = Pool(lambda: 0.0, most=3)
    first, second, third = (wires.connection(host) for host in ("a.example", "b.example", "a.example"))
    pool.give(first)
    pool.give(second)
    pool.give(third)
    pool.give(wires.connection("c.example"))
    assert (first.sock is None, second.sock is None, third.sock is None) == (False, True, False)
    assert pool.take(target("b.example")) is None
    pool.give(wires.connection("d.example"))
    assert (first.sock is None, third.sock is None) == (True, False)


def test_closing_closes_all(wires: Wires) -> None:
    pool = Pool(lambda: 0.0)
    given = [wires.connection(host) for host in ("a.example", "a.example", "b.example")]
    for connection in given:
        pool.give(connection)
    pool.close()
    assert all(connection.sock is None for connection in given)
    assert pool.take(target("a.example")) is None


@pytest.mark.parametrize(
    ("path", "value"), [("/", "text/html\r\nHost: other.example"), ("/\nHost: other.example", "text/html")]
)
def test_a_second_request_smuggled_into_the_first(wires: Wires, path: str, value: str) -> None:
    """Target and headers are checked before they come here; nothing leaves if that is ever forgotten."""
    connection = wires.connection()
    with pytest.raises(ValueError, match="line end"):
        connection.ask("GET", path, {"Accept": value}, None)
    with pytest.raises(BlockingIOError):
        wires.far_ends[0].recv(1, socket.MSG_DONTWAIT)
