"""`/session` and `/forward-auth`, ahead of Flask, because every request of every app behind a proxy asks one of them.

Flask's frame costs four times as much as the check itself (docs/decisions/0034). Our own server asks on its event loop
(loop_check.py, beside this), and comes here with whatever would have to wait, or has to be explained.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from app.domain.errors import SsoError, StoreUnavailable
from app.domain.reasons import ReasonCode
from app.domain.sessions.session import SessionSummary
from app.ports.system import Randomness
from app.services.oauth2.identity_tokens import IdentityTokens
from app.services.sessions.sessions import SessionService
from app.web.sessions.check_answers import METHODS, PATHS, Asked, CheckAnswers, SessionAnswer, failed, not_allowed
from app.web.site.request_log import Line, RequestLog

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_HEADERS = ("cookie", "x-request-id", "x-forwarded-host", "x-forwarded-uri", "x-original-uri")
_KEYS = {f"HTTP_{name.upper().replace('-', '_')}": name for name in _HEADERS}

_log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class SessionCheck:
    """Machine endpoints for the session of the browser's cookie, or of the one shared with sibling hosts."""

    answers: CheckAnswers
    sessions: SessionService
    identities: IdentityTokens
    request_log: RequestLog
    randomness: Randomness
    always: Sequence[tuple[str, str]]
    """`closed_headers`."""

    def in_front_of(self, application: "WSGIApplication") -> "WSGIApplication":
        """A WSGI application that answers these two paths by itself."""

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
            if environ["PATH_INFO"] not in PATHS:
                return application(environ, start_response)  # type: ignore[return-value]  # any iterable will do
            asked = _asked(environ)
            line = self.request_log.arrived(asked.headers.get("x-request-id"))
            said = self._said(asked)
            start_response(f"{said.status.value} {said.status.phrase}", self.finished(asked, said, line))
            return [said.body] if asked.method != "HEAD" else []

        return answer

    def finished(self, asked: Asked, said: SessionAnswer, line: Line) -> list[tuple[str, str]]:
        """Writes the log line, and returns all headers of the response."""
        return [*said.headers, *self.always, *line.answered(asked, said)]

    def _said(self, asked: Asked) -> SessionAnswer:
        """The answer, or what went wrong, as web/errors.py says it for machines."""
        if asked.method not in METHODS:
            return not_allowed()
        try:
            session = self.answers.session_of(asked)
            return self.answers.answer(asked, self.sessions.summary(session) if session else None, self._sign)
        except SsoError as error:
            reference = self.randomness.reference()
            _log.warning("refused", reason=error.code.value, reference=reference, **error.details)
            return failed(error.code, reference)
        except Exception as error:  # noqa: BLE001 - as for Flask's views: a bug of ours never reveals its cause
            reference = self.randomness.reference()
            _log.error("bug", reference=reference, exc_info=error)
            return failed(ReasonCode.INTERNAL, reference)

    def _sign(self, found: SessionSummary, audience: str) -> str | None:
        try:
            return self.identities.of(found, audience)
        except StoreUnavailable:  # no key yet, and nothing can be written
            return None


def _asked(environ: "WSGIEnvironment") -> Asked:
    return Asked(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        headers={name: environ[key] for key, name in _KEYS.items() if key in environ},
        client_ip=environ.get("REMOTE_ADDR", ""),
    )
