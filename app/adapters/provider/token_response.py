"""Responses of token endpoints (RFC 6749, sections 5.1 and 5.2), in the forms in which servers really send them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl

from app.adapters.provider.documents import BadDocument, parse_object
from app.adapters.provider.wording import error_words, shown
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import NEITHER
from app.domain.text import Text
from app.ports.outbound import Answer

_SUCCESS = (200, 201)
_UNAUTHORIZED = 401
_REDIRECTS = range(300, 400)
_SERVER_ERRORS = range(500, 600)

# The codes of RFC 6749, section 5.2, and GitHub's.
_ERRORS = {
    "invalid_client": ReasonCode.CLIENT_REFUSED,
    "unauthorized_client": ReasonCode.CLIENT_REFUSED,
    "incorrect_client_credentials": ReasonCode.CLIENT_REFUSED,
    "invalid_grant": ReasonCode.GRANT_REFUSED,
    "redirect_uri_mismatch": ReasonCode.GRANT_REFUSED,
    "bad_verification_code": ReasonCode.GRANT_REFUSED,
    "invalid_scope": ReasonCode.SCOPE_REFUSED,
    "access_denied": ReasonCode.ACCESS_DENIED,
}


Scheme = Literal["Bearer", "DPoP"]
"""RFC 6750; RFC 9449, section 5."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The result of the code exchange. The access token's lifetime does not matter: it is used at once, or never."""

    access_token: str = field(repr=False)
    id_token: str | None = field(default=None, repr=False)


def parse_token_response(answer: Answer, *, scheme: Scheme = "Bearer", hide: Collection[str] = ()) -> Tokens:
    """The tokens. Raises SsoError with the error in the response; `hide` are secrets that it may repeat."""
    document = parse_answer(answer, wanted=Text("a token"), hide=hide)
    access_token = _access_token(document)
    _check_type(document.get("token_type"), scheme)
    return Tokens(access_token=access_token, id_token=_id_token(document))


def parse_answer(answer: Answer, *, wanted: str, hide: Collection[str] = ()) -> Mapping[str, object]:
    """The successful response of an endpoint that authenticates clients. Raises SsoError for any other."""
    if answer.status in _REDIRECTS:
        raise _invalid(Text("a redirect, which is not followed"), status=answer.status)
    try:
        document = _document(answer)
    except ValueError as problem:
        raise _without_words(answer.status, problem=str(problem)) from None
    if answer.status in _SERVER_ERRORS or document.get("error"):
        raise _refusal(document, status=answer.status, hide=hide)
    if answer.status not in _SUCCESS:
        raise _without_words(answer.status, problem=Text(NEITHER, wanted=wanted))
    return document


def _document(answer: Answer) -> Mapping[str, object]:
    """JSON whatever its content type; a form (GitHub's older way) if labelled as one, or as plain text."""
    if answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return parse_object(answer.body)
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "text/plain"):
        raise BadDocument(Text("neither JSON nor a form"))
    try:
        return _form(answer.body.decode("ascii").strip())
    except ValueError:
        raise BadDocument(Text("not a form")) from None


def _form(text: str) -> dict[str, object]:
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=50)
    members: dict[str, object] = dict(pairs)
    if len(members) != len(pairs) or "\x00" in text or "%00" in text:
        raise ValueError(Text("it contains a field twice, or a NUL character"))
    return members


def _refusal(document: Mapping[str, object], *, status: int, hide: Collection[str]) -> SsoError:
    error = document.get("error")
    code = _by_status(status) or ReasonCode.AUTHORIZATION_ERROR
    if isinstance(error, str) and status not in _SERVER_ERRORS:
        code = _ERRORS.get(error, code)
    return SsoError(code, status=status, **error_words(document, hide=hide))


def _without_words(status: int, *, problem: str) -> SsoError:
    code = _by_status(status) or ReasonCode.ANSWER_INVALID
    return SsoError(code, status=status, error=problem)


def _by_status(status: int) -> ReasonCode | None:
    if status in _SERVER_ERRORS:
        return ReasonCode.PROVIDER_ERROR
    return ReasonCode.CLIENT_REFUSED if status == _UNAUTHORIZED else None


def _access_token(document: Mapping[str, object]) -> str:
    token = document.get("access_token")
    # It goes into a header: RFC 6749, appendix A.12, allows visible ASCII only.
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise _invalid(Text("not a token"), field="access_token")
    return token


def _check_type(received: object, expected: Scheme) -> None:
    """In any case (RFC 6749, section 7.1). Without it, the token is a bearer token and bound to nothing."""
    if received is None and expected == "Bearer":
        return
    if not isinstance(received, str) or received.lower() != expected.lower():
        code = ReasonCode.TOKEN_TYPE_REFUSED if expected == "DPoP" else ReasonCode.ANSWER_INVALID
        raise SsoError(code, field="token_type", expected=expected, received=shown(received))


def _id_token(document: Mapping[str, object]) -> str | None:
    token = document.get("id_token")
    if token is None or token == "":
        return None
    if not isinstance(token, str):
        raise _invalid(Text("not a token"), field="id_token")
    return token


def _invalid(problem: str, **details: str | int) -> SsoError:
    return SsoError(ReasonCode.ANSWER_INVALID, error=problem, **details)
