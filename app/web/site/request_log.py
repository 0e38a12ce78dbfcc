"""One log line and one measurement per request, under an id that the response carries."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

import structlog
from flask import Flask, Response, g, request
from flask.globals import request_ctx

from app.ports.system import Clock, Randomness
from app.web.site.metrics import Metrics

QUIET = ("/healthz", "/readyz", "/metrics", "/static/")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

_log = structlog.get_logger("request")


class Asked(Protocol):
    """A request that is answered ahead of Flask."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def client_ip(self) -> str: ...


class Said(Protocol):
    """Its response."""

    @property
    def status(self) -> HTTPStatus: ...
    @property
    def body(self) -> bytes: ...
    @property
    def reference(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class RequestLog:
    """Never logs a query, a body, a cookie or a URL that holds a secret: it logs the route, not the path."""

    clock: Clock
    randomness: Randomness
    metrics: Metrics

    def mount(self, app: Flask) -> None:
        app.before_request(self.begin)
        app.after_request(self.end)

    def begin(self) -> None:
        g.line = self.arrived(request.headers.get("X-Request-Id"))

    def end(self, response: Response) -> Response:
        line: Line = g.get("line") or self.line(None)
        asked = request_ctx.request  # itself: `request` looks it up for each of these
        response.headers["X-Request-Id"] = line.request_id
        line.write(
            method=asked.method,
            path=asked.path,
            route=asked.url_rule.rule if asked.url_rule else "none",
            status=response.status_code,
            address=asked.remote_addr,
            reference=g.get("reference"),
        )
        return response

    def arrived(self, given: str | None) -> "Line":
        """`line`, whose id is in all that this thread logs until its next request."""
        line = self.line(given)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=line.request_id)
        return line

    def line(self, given: str | None) -> "Line":
        """For a request that has just arrived, under the id that a proxy has given it, or a new one."""
        request_id = given if given and _REQUEST_ID.fullmatch(given) else self.randomness.short_id()
        return Line(self.clock, self.metrics, request_id, began=self.clock.monotonic())


@dataclass(frozen=True, slots=True)
class Line:
    """What is logged and counted about one request."""

    clock: Clock
    metrics: Metrics
    request_id: str
    began: float

    def answered(self, asked: Asked, said: Said) -> list[tuple[str, str]]:
        """Written, for what is answered ahead of Flask. Returns the headers that each such answer ends with."""
        self.write(
            method=asked.method,
            path=asked.path,
            route=asked.path,
            status=said.status.value,
            address=asked.client_ip,
            reference=said.reference,
        )
        own_id = ("X-Request-Id", self.request_id)
        if said.status is HTTPStatus.NO_CONTENT:  # has no length: RFC 9110, section 8.6
            return [own_id]
        return [own_id, ("Content-Length", str(len(said.body)))]

    def write(
        self, *, method: str, path: str, route: str, status: int, address: str | None, reference: str | None
    ) -> None:
        took_s = self.clock.monotonic() - self.began
        self.metrics.requests.labels(route, status).observe(took_s)
        if not path.startswith(QUIET):
            _log.info(
                "request",
                request_id=self.request_id,
                method=method,
                route=route,
                status=status,
                took_ms=round(took_s * 1000, 1),
                address=address,
                reference=reference,
            )
