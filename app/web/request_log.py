"""One log line and one measurement per request, under an id that the response carries."""

import re
from dataclasses import dataclass

import structlog
from flask import Flask, Response, g, request

from app.ports.system import Clock, Randomness
from app.web.metrics import Metrics

QUIET = ("/healthz", "/readyz", "/metrics", "/static/")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

_log = structlog.get_logger("request")


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
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else self.randomness.short_id()
        g.request_began = self.clock.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    def end(self, response: Response) -> Response:
        took_s = self.clock.monotonic() - g.get("request_began", self.clock.monotonic())
        route = str(request.url_rule) if request.url_rule else "none"
        response.headers["X-Request-Id"] = g.get("request_id", "")
        self.metrics.requests.labels(route=route, status=str(response.status_code)).observe(took_s)
        if not request.path.startswith(QUIET):
            _log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                took_ms=round(took_s * 1000, 1),
                address=request.remote_addr,
                reference=g.get("reference"),
            )
        return response
