"""Headers of every response."""

from http import HTTPStatus

from flask import Flask, Response, request

from app.domain.connections.connection_key import CACHEABLE_S
from app.web.connections.connection_keys import KEY_SET
from app.web.site import SiteOptions
from app.web.tenants.logo import IMAGE

YEAR_S = 365 * 24 * 3600
CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def mount_headers(app: Flask, options: SiteOptions) -> None:
    """ASVS 5.0, 3.4. Pages set their own policy; anything else gets one that allows nothing."""

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CLOSED)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"  # a callback's URL holds a code
        if "frame-ancestors 'none'" in headers["Content-Security-Policy"]:
            headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        if options.secure:
            headers["Strict-Transport-Security"] = f"max-age={YEAR_S}; includeSubDomains"
        named_by_content = request.endpoint == IMAGE or (request.endpoint == "static" and "v" in request.args)
        if named_by_content and response.status_code == HTTPStatus.OK:
            headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        elif request.endpoint == KEY_SET and response.status_code == HTTPStatus.OK:
            headers["Cache-Control"] = f"public, max-age={CACHEABLE_S}"
        else:
            headers["Cache-Control"] = "no-store"
        return response
