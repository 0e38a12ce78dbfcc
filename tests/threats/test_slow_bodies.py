"""Clients that send their bodies as slowly as they can must not keep everybody else out."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Request, Response

from app.web import body_gate
from app.web.body_gate import BodyGate

MOST = 100


class Slow(io.RawIOBase):
    """A body that does not come before somebody lets it."""

    def __init__(self, arrived: threading.Semaphore, let_go: threading.Event) -> None:
        self.arrived, self.let_go = arrived, let_go

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.arrived.release()
        self.let_go.wait(30)
        return b""


@Request.application
def echo(request: Request) -> Response:
    return Response(str(len(request.get_data())))


def post(gate: BodyGate, body: io.IOBase | bytes, *, announced: int = 5) -> int:
    environ = EnvironBuilder(method="POST", data=b"x" * announced).get_environ()
    environ["wsgi.input"] = io.BytesIO(body) if isinstance(body, bytes) else body
    return int(run_wsgi_app(gate, environ)[1].split(" ")[0])


def test_slow_bodies_hold_a_share_of_the_threads_and_everything_without_a_body_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body_gate, "WAIT_S", 0.01)
    gate = BodyGate(echo, most_bytes=MOST)
    arrived, let_go = threading.Semaphore(0), threading.Event()
    with ThreadPoolExecutor(body_gate.AT_ONCE) as pool:
        slow = [pool.submit(post, gate, Slow(arrived, let_go)) for _ in range(body_gate.AT_ONCE)]
        for _ in slow:
            assert arrived.acquire(timeout=30)
        assert post(gate, b"hello") == 503
        assert Client(gate).get("/").status_code == 200
        let_go.set()
        assert {waiting.result(30) for waiting in slow} == {200}
    assert post(gate, b"hello") == 200


@pytest.mark.parametrize(("announced", "read"), [(3, 3), (10 * MOST, MOST + 1)])
def test_a_body_is_read_no_further_than_it_goes_and_than_anybody_needs_it(announced: int, read: int) -> None:
    body = io.BytesIO(b"x" * 20 * MOST)
    post(BodyGate(echo, most_bytes=MOST), body, announced=announced)
    assert body.tell() == read
