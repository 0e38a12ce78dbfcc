"""What programs are answered: JSON, and errors as RFC 6749, section 5.2, and RFC 6750, section 3, write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from json import dumps
from typing import Any

import structlog

from app.domain.errors import SsoError, StoreUnavailable
from app.domain.oauth2.oauth2_error import OAuth2Error
from app.domain.reasons.codes import ReasonCode
from app.web.pages import RETRY_AFTER_S

REALM = "sso-bridge"
_STATUS = {
    "invalid_client": HTTPStatus.UNAUTHORIZED,
    "invalid_token": HTTPStatus.UNAUTHORIZED,
    "insufficient_scope": HTTPStatus.FORBIDDEN,
    "temporarily_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "server_error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Every other code is 400."""

_log = structlog.get_logger("oauth2")


@dataclass(slots=True)
class Answer:
    """A response. `headers` are its own, beside those that all have."""

    status: HTTPStatus = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    reference: str | None = None


def in_json(content: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, dumps(content, separators=(",", ":")).encode())


def refused(error: OAuth2Error, status: HTTPStatus | None = None) -> Answer:
    """With the status that the error has by itself, unless another is given."""
    _log.info("refused", error=error.code, description=error.description)
    described = printable(error.description)
    said = {"error": error.code, "error_description": described}
    answer = in_json(said, status or _STATUS.get(error.code, HTTPStatus.BAD_REQUEST))
    if error.code == "invalid_client":
        answer.headers["WWW-Authenticate"] = f'Basic realm="{REALM}"'
    if error.code in ("invalid_token", "insufficient_scope"):
        answer.headers["WWW-Authenticate"] = (
            f'Bearer realm="{REALM}", error="{error.code}", error_description="{described}"'
        )
    if error.retry_after_s is not None:
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def stopped(error: SsoError) -> Answer:
    """Throttled, or a store is away."""
    given = error.details.get("retry_after_s")
    wait_s = given if isinstance(given, int) else RETRY_AFTER_S
    if error.code is ReasonCode.THROTTLED:
        said = "Too many attempts. Try again later."
        later = OAuth2Error("temporarily_unavailable", said, retry_after_s=wait_s)
        return refused(later, HTTPStatus.TOO_MANY_REQUESTS)
    if isinstance(error, StoreUnavailable):
        said = "The service is unavailable. Try again later."
        return refused(OAuth2Error("temporarily_unavailable", said, retry_after_s=wait_s))
    return refused(OAuth2Error("access_denied", f"Refused: {error.code.value}"))


def failed(reference: str) -> Answer:
    """A mistake of ours, whose cause is in the log."""
    answer = refused(OAuth2Error("server_error", f"Something went wrong here. Reference: {reference}"))
    answer.reference = reference
    return answer


def too_large(most_bytes: int) -> Answer:
    error = OAuth2Error("invalid_request", f"The body must have at most {most_bytes} bytes.")
    return refused(error, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def not_allowed(methods: Sequence[str]) -> Answer:
    answer = refused(OAuth2Error("invalid_request", "This method is not allowed."), HTTPStatus.METHOD_NOT_ALLOWED)
    answer.headers["Allow"] = ", ".join(methods)
    return answer


def printable(text: str) -> str:
    """The characters that RFC 6749, section 5.2, allows."""
    return "".join(one if " " <= one <= "~" and one not in '"\\' else "?" for one in text[:300])
