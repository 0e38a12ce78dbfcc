"""The front of the server: no request is given a thread before all of it is here.

granian hands requests over by RSGI, its asynchronous interface; the application is WSGI. In between, on the event loop:
a body is read (app/web/bodies.py), headers whose names have an underscore are dropped, and a thread is found.
docs/decisions/0011 says why, and what it costs.
"""

import asyncio
import io
import os
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from wsgiref.types import WSGIApplication, WSGIEnvironment

import structlog
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian.rsgi import Scope

from app.web.bodies import Bodies, Body, BodyRefused

THREADS = 128
"""Of each worker. Most wait for providers, 96 at most (`in_total` in adapters/http); the rest answer everybody else."""
PROMPT_THREADS = 2
"""For what asks nobody, so that it is answered while everybody else waits."""
WAITING_AT_MOST = 512
"""Requests that are here and wait for a thread: seconds of work, and a bound for the memory that their bodies take."""
RETRY_AFTER_S = "5"
_FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
_UNREADABLE = {
    "cookie": "A cookie of your browser for this site cannot be read. Delete the cookies of this site, and try again.",
    "x-forwarded-for": "X-Forwarded-For cannot be read.",
}

_log = structlog.get_logger("front")


class Front:
    """What granian loads. A request holds a thread from when it is whole until it is answered, and no longer."""

    def __init__(self, application: WSGIApplication, *, most_bytes: int, trusted_proxies: int = 0) -> None:
        self._application = application
        self._trusted_proxies = trusted_proxies
        self._bodies = Bodies(most_bytes)
        self._threads = ThreadPoolExecutor(THREADS, "request")
        self._prompt = ThreadPoolExecutor(PROMPT_THREADS, "prompt")
        self._inside = 0

    def __rsgi_del__(self, _loop: AbstractEventLoop) -> None:
        """The worker has answered everybody and ends here: granian's threads may abort one that tidies up."""
        sys.stderr.flush()
        os._exit(0)

    async def __rsgi__(self, scope: Scope, request: HTTPProtocol) -> None:
        if problem := _unreadable(scope):
            return _refuse(request, HTTPStatus.BAD_REQUEST, problem)
        try:
            body = await self._bodies.read(scope, request, client_ip(scope, self._trusted_proxies))
        except BodyRefused as refused:
            return _refuse(request, refused.status, str(refused))
        if _is_prompt(scope.path):
            return await self._run(self._prompt, scope, request, body)
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
        """In a thread. granian takes the answer from any."""
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
            request.response_bytes(int(status[:3]), headers, content)
        except BaseException:  # noqa: BLE001 - granian panics at a header that cannot be sent, by no Exception
            _log.exception("request_failed")
            _refuse(request, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.")


def environ(scope: Scope, body: Body, trusted_proxies: int = 0) -> WSGIEnvironment:
    """PEP 3333. Names with an underscore are left out: `X_Forwarded_For` would be taken for `X-Forwarded-For`.

    Of `X-Forwarded-For` only what trusted proxies wrote: a quotation mark of a stranger's before it would make werkzeug
    read nothing at all, and take the proxy itself for whoever asks.
    """
    host, _, port = scope.server.rpartition(":")
    found: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _host(scope.client),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" not in name:
            key = "HTTP_" + name.upper().replace("-", "_")
            found[key] = f"{found[key]}{'; ' if name == 'cookie' else ','}{value}" if key in found else value
    found["CONTENT_TYPE"] = found.pop("HTTP_CONTENT_TYPE", "")
    # The body is whole, and has a length: werkzeug would take one that says it is chunked for none at all.
    found.pop("HTTP_TRANSFER_ENCODING", None)
    found.pop("HTTP_CONTENT_LENGTH", None)
    found["CONTENT_LENGTH"] = str(body.size)
    if trusted_proxies and (hops := found.get(_FORWARDED_FOR)):
        found[_FORWARDED_FOR] = ",".join(hops.split(",")[-trusted_proxies:])
    return found


def _unreadable(scope: Scope) -> str | None:
    """Why a request stops: the server leaves out values beyond ASCII, and what says who somebody is must not vanish."""
    for name, problem in _UNREADABLE.items():
        if name in scope.headers and scope.headers.get(name) is None:
            return problem
    return None


def client_ip(scope: Scope, trusted_proxies: int) -> str:
    """Whoever sent this, as the outermost trusted proxy saw it: what werkzeug's ProxyFix says later."""
    if trusted_proxies:
        lines = [value for name, value in scope.headers.items() if name == "x-forwarded-for"]
        hops = ",".join(lines).split(",")
        if len(hops) >= trusted_proxies:
            return hops[-trusted_proxies].strip()
    return _host(scope.client)


def _host(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")


def _is_prompt(path: str) -> bool:
    return path == "/healthz" or path.startswith("/static/")


def _refuse(request: HTTPProtocol, status: HTTPStatus, message: str) -> None:
    """Without the application, and without the connection: the rest of a body may still be under way on it."""
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
