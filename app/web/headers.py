"""Headers of every response."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from app.domain.connections import connection_key
from app.domain.oauth2 import signing_key
from app.web.connections.connection_keys import KEY_SET
from app.web.oauth2.published import PUBLISHED
from app.web.site.options import SiteOptions
from app.web.tenants.logo import IMAGE

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

YEAR_S = 365 * 24 * 3600
CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

_CLOSED = {"Content-Security-Policy": CLOSED, "X-Frame-Options": "DENY"}

CACHEABLE = {KEY_SET: connection_key.CACHEABLE_S, **dict.fromkeys(PUBLISHED, signing_key.CACHEABLE_S)}
"""The only views whose responses caches may keep, and for how many seconds; beside images, named by their content."""


def closed_headers(options: SiteOptions) -> tuple[tuple[str, str], ...]:
    """Of a response that is no page and is not stored."""
    return tuple({**_CLOSED, **_always(options), "Cache-Control": "no-store"}.items())


def _always(options: SiteOptions) -> dict[str, str]:
    found = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",  # a callback's URL holds a code
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if options.secure:
        found["Strict-Transport-Security"] = f"max-age={YEAR_S}; includeSubDomains"
    return found


def mount_headers(app: Flask, options: SiteOptions) -> None:
    """ASVS 5.0, 3.4. Pages set their own policy; anything else gets one that allows nothing."""
    app.wsgi_app = _added(app.wsgi_app, list(_always(options).items()))  # type: ignore[assignment,method-assign]  # Flask's documented way

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            headers.extend(_CLOSED)
        elif "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
            headers["X-Frame-Options"] = "DENY"
        endpoint = request.endpoint
        named_by_content = endpoint == IMAGE or (endpoint == "static" and "v" in request.args)
        if named_by_content and response.status_code == HTTPStatus.OK:
            headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        elif endpoint in CACHEABLE and response.status_code == HTTPStatus.OK:
            headers["Cache-Control"] = f"public, max-age={CACHEABLE[endpoint]}"
        else:
            headers["Cache-Control"] = "no-store"
        return response


def _added(application: "WSGIApplication", always: list[tuple[str, str]]) -> "WSGIApplication":
    """Adds them to every response as it leaves: Flask's headers would compare each with all that are there."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> object:
        return application(environ, lambda status, headers, *more: start_response(status, [*headers, *always], *more))

    return answer  # type: ignore[return-value]  # what the application returns
