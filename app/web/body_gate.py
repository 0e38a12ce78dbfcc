"""Request bodies are read whole before anything else, by few threads at a time.

The server gives a body all the time it takes. A hundred clients that send theirs a byte a minute would hold every
thread; this way they hold a share, and what has no body (logins, session checks) goes on.
"""

import io
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

AT_ONCE = 24
WAIT_S = 1.0
RETRY_AFTER_S = "5"


class BodyGate:
    """WSGI middleware. A body over `most_bytes` is cut there: the application refuses it by its length."""

    def __init__(self, application: WSGIApplication, *, most_bytes: int) -> None:
        self._application = application
        self._most_bytes = most_bytes
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        size = _body_size(environ, self._most_bytes + 1)
        if size:
            if not self._places.acquire(timeout=WAIT_S):
                return _busy(start_response)
            try:
                body = _read(environ["wsgi.input"].read, size)
            finally:
                self._places.release()
            environ["wsgi.input"] = io.BytesIO(body)
            # A chunked one now has a length too: without it werkzeug would cut the body at the cap and use it.
            environ["CONTENT_LENGTH"] = str(len(body))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        return self._application(environ, start_response)


def _body_size(environ: WSGIEnvironment, most: int) -> int:
    """How much may be read: never more than was announced, for a kept connection has nothing further to give."""
    announced = environ.get("CONTENT_LENGTH") or ""
    if announced.isdecimal():
        return min(int(announced), most)
    return most if environ.get("wsgi.input_terminated") else 0


def _read(read: Callable[[int], Any], most: int) -> bytes:
    chunks: list[bytes] = []
    left = most
    while left > 0 and (chunk := read(left)):
        chunks.append(bytes(chunk))
        left -= len(chunk)
    return b"".join(chunks)


def _busy(start_response: StartResponse) -> Iterable[bytes]:
    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = [("Content-Type", "text/plain"), ("Retry-After", RETRY_AFTER_S), ("Cache-Control", "no-store")]
    start_response(f"{status.value} {status.phrase}", headers)
    return [b"Too many requests are still being sent. Try again in a moment.\n"]
