"""The front of the server: a request gets a thread only when all of it has arrived.

granian passes requests on by RSGI, its asynchronous interface; the application is WSGI. In between, on the event loop,
session checks are answered (web/sessions/loop_check.py), a body is read (bodies.py), headers with an underscore in
their name are dropped, and a thread is assigned. docs/decisions/0011 and 0035 give the reasons and the costs.
"""

import asyncio
import os
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from wsgiref.types import WSGIApplication

import structlog
from granian._granian import RSGIHeaders as Headers
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian.rsgi import Scope

from app.web.server.bodies import NO_BODY, Bodies, Body, BodyRefused
from app.web.server.environ import client_ip, environ
from app.web.server.limits import Limits
from app.web.server.on_loop import OnLoop

THREADS = 192
"""Per worker. At most 160 wait for providers (`in_total` in adapters/http); the rest serve everyone else."""
LIGHT_THREADS = 2
"""For requests that need no store, so that they are answered while all other threads are busy."""
WAITING_AT_MOST = 512
"""Complete requests that wait for a thread: seconds of work, and a limit on the memory of their bodies."""
RETRY_AFTER_S = "5"
_UNREADABLE = {
    "cookie": "A cookie of your browser for this site cannot be read. Delete the cookies of this site, and try again.",
    "x-forwarded-for": "X-Forwarded-For cannot be read.",
}

_log = structlog.get_logger("front")


class Front:
    """What granian loads. A request holds a thread only from when it is complete until it is answered."""

    def __init__(
        self, application: WSGIApplication, *, trusted_proxies: int = 0, on_loop: OnLoop | None = None
    ) -> None:
        self._application = application
        self._trusted_proxies = trusted_proxies
        self._on_loop = on_loop
        self._bodies = Bodies(Limits())
        self._threads = ThreadPoolExecutor(THREADS, "request")
        self._light_threads = ThreadPoolExecutor(LIGHT_THREADS, "light")
        self._inside = 0

    def __rsgi_del__(self, _loop: AbstractEventLoop) -> None:
        """The worker has finished and exits here: granian's threads may abort during a normal shutdown."""
        try:
            if self._on_loop is not None:
                self._on_loop.close()
            sys.stderr.flush()
        finally:
            os._exit(0)

    async def __rsgi__(self, scope: Scope, request: HTTPProtocol) -> None:
        headers = scope.headers
        if problem := _unreadable(headers):
            return _refuse(request, HTTPStatus.BAD_REQUEST, problem)
        if self._on_loop is not None and (said := await self._on_loop.answer(scope, headers)):
            return _respond(request, *said)
        if "content-length" not in headers and "transfer-encoding" not in headers:
            return await self._answered(scope, request, NO_BODY)
        try:
            async with self._bodies.whole(scope, request, client_ip(scope, self._trusted_proxies)) as body:
                await self._answered(scope, request, body)
        except BodyRefused as refused:
            _refuse(request, refused.status, str(refused))

    async def _answered(self, scope: Scope, request: HTTPProtocol, body: Body) -> None:
        if _needs_no_store(scope.path):
            return await self._run(self._light_threads, scope, request, body)
        if self._inside >= THREADS + WAITING_AT_MOST:
            return _refuse(
                request, HTTPStatus.SERVICE_UNAVAILABLE, "Too many requests are waiting. Try again in a moment."
            )
        self._inside += 1
        try:
            return await self._run(self._threads, scope, request, body)
        finally:
            self._inside -= 1

    async def _run(self, threads: ThreadPoolExecutor, scope: Scope, request: HTTPProtocol, body: Body) -> None:
        loop = asyncio.get_running_loop()
        answered = loop.create_future()

        def run() -> None:
            try:
                self._answer(scope, request, body)
            finally:
                loop.call_soon_threadsafe(answered.set_result, None)

        threads.submit(run)
        await answered

    def _answer(self, scope: Scope, request: HTTPProtocol, body: Body) -> None:
        """Runs in a thread. granian accepts the response from any thread."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _error: object = None
        ) -> Callable[[bytes], None]:
            begun.append((status, headers))
            return _no_write

        try:
            chunks = self._application(environ(scope, body, self._trusted_proxies), start_response)
            try:
                content = b"".join(chunks)
            finally:
                if hasattr(chunks, "close"):
                    chunks.close()
            status, headers = begun[-1]
        except BaseException:  # noqa: BLE001 - nobody else would answer
            _failed(request)
        else:
            _respond(request, int(status[:3]), headers, content)


def _unreadable(headers: Headers) -> str | None:
    """Why a request is refused: the server would drop values beyond ASCII, and identifying headers must not vanish."""
    for name, problem in _UNREADABLE.items():
        if name in headers and headers.get(name) is None:
            return problem
    return None


def _needs_no_store(path: str) -> bool:
    return path == "/healthz" or path.startswith("/static/")


def _respond(request: HTTPProtocol, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
    try:
        request.response_bytes(status, headers, content)
    except BaseException:  # noqa: BLE001 - granian panics on an invalid header, and not with an Exception
        _failed(request)


def _failed(request: HTTPProtocol) -> None:
    _log.exception("request_failed")
    _refuse(request, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.")


def _refuse(request: HTTPProtocol, status: HTTPStatus, message: str) -> None:
    """Answer without the application, and close the connection: the rest of a body may still be arriving on it."""
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
        ("Retry-After", RETRY_AFTER_S),
        ("Connection", "close"),
    ]
    request.response_bytes(status.value, headers, f"{message}\n".encode())


def _no_write(_chunk: bytes) -> None:
    raise NotImplementedError("an application returns what it has to say")
