import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from app.adapters.http.resolver import PatientResolver, SocketAddress

FOUND: list[SocketAddress] = [("192.0.2.1", 443)]


def test_what_the_system_says_is_handed_on() -> None:
    resolver = PatientResolver(lambda: 0.0, lambda host, port: FOUND)
    assert resolver("idp.example", 443, timeout=10.0) == FOUND


def test_what_the_system_cannot_find_is_raised() -> None:
    def unknown(host: str, port: int) -> list[SocketAddress]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(socket.gaierror):
        PatientResolver(lambda: 0.0, unknown)("idp.example", 443, timeout=10.0)


def test_a_hanging_lookup_is_waited_for_no_longer_than_asked() -> None:
    let_go = Event()

    def hang(host: str, port: int) -> list[SocketAddress]:
        let_go.wait(10)
        return FOUND

    with pytest.raises(TimeoutError):
        PatientResolver(lambda: 0.0, hang)("idp.example", 443, timeout=0.001)
    let_go.set()


def test_all_who_ask_for_one_host_share_a_lookup() -> None:
    let_go = Event()
    asked: list[str] = []

    def slow(host: str, port: int) -> list[SocketAddress]:
        asked.append(host)
        let_go.wait(10)
        return FOUND

    resolver = PatientResolver(lambda: 0.0, slow)
    with ThreadPoolExecutor(4) as pool:
        with pytest.raises(TimeoutError):
            resolver("idp.example", 443, timeout=0.001)
        waiting = [pool.submit(resolver, "idp.example", 443, timeout=10.0) for _ in range(4)]
        with pytest.raises(TimeoutError):
            resolver("other.example", 443, timeout=0.001)
        let_go.set()
        assert [one.result(10) for one in waiting] == [FOUND] * 4
    assert asked == ["idp.example", "other.example"]


def test_a_lookup_that_hangs_for_five_seconds_is_given_up_for_a_fresh_one() -> None:
    time = 0.0
    let_go = Event()
    asked: list[str] = []

    def hang_once(host: str, port: int) -> list[SocketAddress]:
        asked.append(host)
        if len(asked) == 1:
            let_go.wait(10)
        return FOUND

    resolver = PatientResolver(lambda: time, hang_once)
    with pytest.raises(TimeoutError):
        resolver("idp.example", 443, timeout=0.001)
    time = 5.1
    assert resolver("idp.example", 443, timeout=10.0) == FOUND
    let_go.set()


def test_the_next_question_is_a_new_lookup() -> None:
    answers: list[list[SocketAddress]] = [[("192.0.2.1", 443)], [("192.0.2.2", 443)]]
    resolver = PatientResolver(lambda: 0.0, lambda host, port: answers.pop(0))
    assert resolver("idp.example", 443, timeout=10.0) == [("192.0.2.1", 443)]
    assert resolver("idp.example", 443, timeout=10.0) == [("192.0.2.2", 443)]
