"""Endpoints for programs, answered ahead of Flask (docs/decisions/0041).

Parameters are read once, whatever goes wrong is answered as JSON, and no answer is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import IO, TYPE_CHECKING
from urllib.parse import parse_qsl

import structlog

from app.domain.errors import SsoError
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.redirect_uris import split_uri
from app.ports.system import Randomness
from app.web.oauth2.machine_answers import Answer, failed, not_allowed, printable, refused, stopped, too_large
from app.web.server.limits import MAX_BODY_BYTES
from app.web.site.request_log import RequestLog

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FORM = "application/x-www-form-urlencoded"
PREFLIGHT_S = 600

_log = structlog.get_logger("oauth2")


@dataclass
class Asked:
    """A program's request."""

    method: str
    path: str
    client_ip: str
    authorization: str | None
    origin: str | None
    content_type: str
    size: int
    body: IO[bytes]
    client: Client | None = None
    """From when it is known: pages of its own origins may read the answer."""

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Of the form in the body; nothing in the query counts.

        Raises OAuth2Error if one is repeated (RFC 6749, section 3.2).
        """
        if self.content_type != FORM:
            raise OAuth2Error("invalid_request", f"The body must be {FORM}.")
        try:
            found = parse_qsl(self.body.read(self.size).decode(), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            raise OAuth2Error("invalid_request", "The body must be UTF-8.") from None
        given: dict[str, str] = {}
        for name, value in found:
            if name in given:
                raise OAuth2Error("invalid_request", f"A parameter is repeated: {printable(name)}")
            given[name] = value
        return given


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What answers at a path. The view raises OAuth2Error, and SsoError."""

    view: Callable[[Asked], Answer]
    methods: tuple[str, ...] = ("POST",)
    by_pages: bool = True
    """Whether pages of a client without a server may call it (CORS, without cookies)."""


@dataclass(frozen=True, slots=True)
class MachineEndpoints:
    """All of them, by path."""

    endpoints: Mapping[str, Endpoint]
    request_log: RequestLog
    randomness: Randomness
    always: Sequence[tuple[str, str]]
    """`closed_headers`."""

    def in_front_of(self, application: "WSGIApplication") -> "WSGIApplication":
        """A WSGI application that answers these paths by itself."""

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
            endpoint = self.endpoints.get(environ["PATH_INFO"])
            if endpoint is None:
                return application(environ, start_response)  # type: ignore[return-value]  # any iterable will do
            line = self.request_log.arrived(environ.get("HTTP_X_REQUEST_ID"))
            asked = _asked(environ)
            said = self._said(endpoint, asked)
            headers = [*said.headers.items(), *self.always, ("Pragma", "no-cache"), *line.answered(asked, said)]
            start_response(f"{said.status.value} {said.status.phrase}", headers)
            return [said.body] if asked.method != "HEAD" else []

        return answer

    def _said(self, endpoint: Endpoint, asked: Asked) -> Answer:
        if asked.method == "OPTIONS" and endpoint.by_pages:
            return _preflight(endpoint.methods)
        if asked.method not in endpoint.methods:
            return not_allowed(endpoint.methods)
        said = too_large(MAX_BODY_BYTES) if asked.size > MAX_BODY_BYTES else self._viewed(endpoint, asked)
        if endpoint.by_pages:
            said.headers |= _readable_by_its_pages(asked)
        return said

    def _viewed(self, endpoint: Endpoint, asked: Asked) -> Answer:
        try:
            return endpoint.view(asked)
        except OAuth2Error as error:
            return refused(error)
        except SsoError as error:
            return stopped(error)
        except Exception as error:  # noqa: BLE001 - as for Flask's views: a bug of ours never reveals its cause
            reference = self.randomness.reference()
            _log.error("bug", reference=reference, exc_info=error)
            return failed(reference)


def required(given: Mapping[str, str], name: str) -> str:
    """Raises OAuth2Error if it is missing or empty."""
    value = given.get(name, "")
    if not value:
        raise OAuth2Error("invalid_request", f"{name} is missing.")
    return value


def _asked(environ: "WSGIEnvironment") -> Asked:
    size = environ.get("CONTENT_LENGTH") or ""
    return Asked(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        client_ip=environ.get("REMOTE_ADDR") or "",
        authorization=environ.get("HTTP_AUTHORIZATION"),
        origin=environ.get("HTTP_ORIGIN"),
        content_type=environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower(),
        size=int(size) if size.isdecimal() else 0,
        body=environ["wsgi.input"],
    )


def _preflight(methods: Sequence[str]) -> Answer:
    """For browsers that ask before they send (the Fetch standard). The answer itself says who may read it."""
    allowed = {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Max-Age": str(PREFLIGHT_S),
    }
    return Answer(HTTPStatus.NO_CONTENT, allowed)


def _readable_by_its_pages(asked: Asked) -> Mapping[str, str]:
    """CORS without cookies: for the origins of the client's redirect URIs only."""
    if asked.client is None or asked.origin is None or asked.origin not in _origins(asked.client):
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": asked.origin,
        "Access-Control-Expose-Headers": "WWW-Authenticate, Retry-After",
    }


def _origins(client: Client) -> set[str]:
    found = filter(None, map(split_uri, client.redirect_uris))
    return {f"{parts.scheme}://{parts.netloc}" for parts in found if parts.scheme in ("https", "http")}
