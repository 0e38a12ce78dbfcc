"""What all endpoints for programs share: parameters read once, errors as RFC 6749 writes them, answers never stored."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from app.domain.errors import SsoError, StoreUnavailable
from app.domain.oauth2.client import Client
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.oauth2.redirect_uris import split_uri
from app.domain.reasons.codes import ReasonCode
from app.web.pages import RETRY_AFTER_S

FORM = "application/x-www-form-urlencoded"
REALM = "sso-bridge"
PREFLIGHT_S = 600
_STATUS = {
    "invalid_client": HTTPStatus.UNAUTHORIZED,
    "invalid_token": HTTPStatus.UNAUTHORIZED,
    "insufficient_scope": HTTPStatus.FORBIDDEN,
    "temporarily_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "server_error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Every other code is 400."""

_log = structlog.get_logger("oauth2")


class MachineBlueprint(Blueprint):
    """Endpoints for programs: what goes wrong is answered as JSON, whatever it is."""

    def __init__(self, name: str) -> None:
        super().__init__(name, __name__)
        self.register_error_handler(OAuth2Error, refused)
        self.register_error_handler(SsoError, _stopped)
        self.register_error_handler(HTTPException, _http_error)
        self.after_request(_no_store)


def parameters() -> Mapping[str, str]:
    """Of the form in the body; nothing in the query counts. Raises OAuth2Error if one is repeated (RFC 6749, 3.2)."""
    if request.mimetype != FORM:
        raise OAuth2Error("invalid_request", f"The body must be {FORM}.")
    for name, values in request.form.lists():
        if len(values) > 1:
            raise OAuth2Error("invalid_request", f"A parameter is repeated: {_printable(name)}")
    return request.form


def required(given: Mapping[str, str], name: str) -> str:
    """Raises OAuth2Error if it is missing or empty."""
    value = given.get(name, "")
    if not value:
        raise OAuth2Error("invalid_request", f"{name} is missing.")
    return value


def known(client: Client) -> Client:
    """From now on the answer may be read by pages of this client's own origins."""
    g.oauth2_client = client
    return client


def refused(error: OAuth2Error) -> Response:
    """RFC 6749, section 5.2; RFC 6750, section 3."""
    _log.info("refused", error=error.code, description=error.description)
    response = jsonify({"error": error.code, "error_description": _printable(error.description)})
    response.status_code = _STATUS.get(error.code, HTTPStatus.BAD_REQUEST)
    if error.code == "invalid_client":
        response.headers["WWW-Authenticate"] = f'Basic realm="{REALM}"'
    if error.code in ("invalid_token", "insufficient_scope"):
        described = _printable(error.description).replace('"', "'")
        response.headers["WWW-Authenticate"] = (
            f'Bearer realm="{REALM}", error="{error.code}", error_description="{described}"'
        )
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def preflight(*methods: str) -> Response:
    """For browsers that ask before they send (the Fetch standard). Who may read the answer, the answer says."""
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = ", ".join(methods)
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_S)
    return response


def readable_by_its_pages(response: Response) -> Response:
    """CORS without cookies: for the origins of the client's redirect URIs only."""
    client: Client | None = g.get("oauth2_client")
    origin = request.headers.get("Origin")
    response.headers.add("Vary", "Origin")
    if client is not None and origin is not None and origin in _origins(client):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate, Retry-After"
    return response


def _origins(client: Client) -> set[str]:
    found = filter(None, map(split_uri, client.redirect_uris))
    return {f"{parts.scheme}://{parts.netloc}" for parts in found if parts.scheme in ("https", "http")}


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def _stopped(error: SsoError) -> Response:
    wait_s = error.details.get("retry_after_s")
    if error.code is ReasonCode.THROTTLED:
        response = refused(OAuth2Error("temporarily_unavailable", "Too many attempts. Try again later."))
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
    elif isinstance(error, StoreUnavailable):
        response = refused(OAuth2Error("temporarily_unavailable", "The service is unavailable. Try again later."))
    else:
        response = refused(OAuth2Error("access_denied", f"Refused: {error.code.value}"))
    if response.status_code != HTTPStatus.BAD_REQUEST:
        response.headers["Retry-After"] = str(wait_s if isinstance(wait_s, int) else RETRY_AFTER_S)
    return response


def _http_error(error: HTTPException) -> Response:
    response = refused(OAuth2Error("invalid_request", "The request cannot be processed."))
    response.status_code = error.code or HTTPStatus.BAD_REQUEST
    return response


def _printable(text: str) -> str:
    """The characters that RFC 6749, section 5.2, allows."""
    return "".join(one if " " <= one <= "~" and one not in '"\\' else "?" for one in text[:300])
