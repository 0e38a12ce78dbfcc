"""`/session` and `/forward-auth`, ahead of Flask, because every request of every app behind a proxy asks one of them.

Flask's frame costs four times as much as the check itself (docs/decisions/0034).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from json import dumps
from re import compile as pattern
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import structlog
from flask import Request

from app.domain.errors import SsoError, StoreUnavailable
from app.domain.login.return_to import ACCOUNT_HOME, return_to
from app.domain.reasons import ReasonCode, reason
from app.domain.sessions.session import SessionSummary, session_id
from app.domain.tenants.tenant import SLUG
from app.ports.system import Randomness
from app.services.oauth2.identity_tokens import IdentityTokens
from app.services.sessions.sessions import SessionService
from app.web.cookies import Cookies
from app.web.errors import PROBLEM, problem_body
from app.web.headers import closed_headers
from app.web.pages import RETRY_AFTER_S, with_query
from app.web.request_log import RequestLog
from app.web.site import SiteOptions

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATHS = SESSION, FORWARD_AUTH = "/session", "/forward-auth"
METHODS = ("GET", "HEAD")
_SAFE = " !#$&'()*+,/:;=?@[]-._~"
_PLAIN = pattern(r"[A-Za-z0-9 !#$&'()*+,/:;=?@\[\]._~-]*")
"""What `quote` leaves as it is, with `_SAFE`."""

_log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `headers` are its own, beside those that every response has."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class SessionCheck:
    """Machine endpoints for the session of the browser's cookie, or of the one shared with sibling hosts."""

    options: SiteOptions
    sessions: SessionService
    cookies: Cookies
    request_log: RequestLog
    randomness: Randomness
    identities: IdentityTokens

    def in_front_of(self, application: "WSGIApplication") -> "WSGIApplication":
        """A WSGI application that answers these two paths by itself."""
        views = {SESSION: self.session, FORWARD_AUTH: self.forward_auth}
        always = list(closed_headers(self.options).items())

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
            view = views.get(environ["PATH_INFO"])
            if view is None:
                return application(environ, start_response)  # type: ignore[return-value]  # any iterable will do
            request = Request(environ)
            line = self.request_log.line(request.headers.get("X-Request-Id"))
            said = self._said(view, request)
            line.write(request, route=request.path, status=said.status.value, reference=said.reference)
            headers = [
                *said.headers,
                *always,
                ("X-Request-Id", line.request_id),
                ("Content-Length", str(len(said.body))),
            ]
            start_response(f"{said.status.value} {said.status.phrase}", headers)
            return [said.body] if request.method != "HEAD" else []

        return answer

    def session(self, request: Request) -> Answer:
        found = self._signed_in(request)
        return _json(session_object(found)) if found else problem(HTTPStatus.UNAUTHORIZED, "no_session")

    def forward_auth(self, request: Request) -> Answer:
        """200 with `X-Auth-…`, else 401 (302 for `redirect=1`) with the login URL. `tenant` accepts only that one."""
        found = self._signed_in(request)
        tenant = request.args.get("tenant", "")
        if found and tenant and found.tenant != tenant:
            return problem(HTTPStatus.FORBIDDEN, "another_tenant")
        if found:
            return Answer(HTTPStatus.OK, (*auth_headers(found), *self._signed(request, found)))
        location = ("Location", self._login(request, tenant))
        if request.args.get("redirect") == "1":
            return Answer(HTTPStatus.FOUND, (location,))
        refused = problem(HTTPStatus.UNAUTHORIZED, "no_session")
        return replace(refused, headers=(*refused.headers, location))

    def _signed(self, request: Request, found: SessionSummary) -> tuple[tuple[str, str], ...]:
        """The same, signed, so that an app need not trust its network. One that wants it lets nobody in without it."""
        try:
            return (("X-Auth-JWT", self.identities.of(found, self._audience(request))),)
        except StoreUnavailable:  # no key yet, and nothing can be written
            return ()

    def _audience(self, request: Request) -> str:
        """The host that the client requested: one that the operator has named, or our own."""
        host = request.headers.get("X-Forwarded-Host", "").lower() if self.options.trusted_proxies else ""
        return host if host in self.options.forward_auth_hosts else urlsplit(self.options.base_url).netloc

    def _said(self, view: Callable[[Request], Answer], request: Request) -> Answer:
        """The view's answer, or what went wrong, as web/errors.py says it for machines."""
        if request.method not in METHODS:
            refused = problem(HTTPStatus.METHOD_NOT_ALLOWED, "request")
            return replace(refused, headers=(*refused.headers, ("Allow", ", ".join(METHODS))))
        try:
            return view(request)
        except SsoError as error:
            reference = self.randomness.reference()
            _log.warning("refused", reason=error.code.value, reference=reference, **error.details)
            return _failed(error.code, reference)
        except Exception as error:  # noqa: BLE001 - as for Flask's views: a bug of ours never reveals its cause
            reference = self.randomness.reference()
            _log.error("bug", reference=reference, exc_info=error)
            return _failed(ReasonCode.INTERNAL, reference)

    def _signed_in(self, request: Request) -> SessionSummary | None:
        """By one query. On our own host its own cookie decides, because a sibling could plant the shared one."""
        token = self.cookies.session(request)
        key = session_id(token) if token else self.cookies.shared_session(request)
        return self.sessions.summary(key) if key else None

    def _login(self, request: Request, tenant: str) -> str:
        path = f"/t/{tenant}/oauth/login" if SLUG.fullmatch(tenant) else "/"
        wanted = return_to(self._wanted(request), hosts=self.options.forward_auth_hosts)
        return with_query(f"{self.options.base_url}{path}", next=wanted if wanted != ACCOUNT_HOME else None)

    def _wanted(self, request: Request) -> str | None:
        """The URL that the client requested: trusted only from a proxy that the operator has named."""
        if not self.options.trusted_proxies:
            return None
        path = request.headers.get("X-Forwarded-Uri") or request.headers.get("X-Original-Uri") or ""
        host = request.headers.get("X-Forwarded-Host", "").lower()
        return f"https://{host}{path}" if host in self.options.forward_auth_hosts else path


def problem(status: HTTPStatus, code: str, *, reference: str | None = None) -> Answer:
    said = _json(problem_body(status.value, code, reference), kind=PROBLEM)
    return replace(said, status=status, reference=reference)


def session_object(found: SessionSummary) -> dict[str, object]:
    """docs/reference.md, URLs, `GET /session`."""
    return {
        "account": {
            "id": found.account_id,
            "username": found.username,
            "email": found.email,
            "name": found.name,
            "roles": found.roles,
        },
        "tenant": found.tenant,
        "connection": found.connection,
        "method": found.method.value,
        "auth_time": int(found.auth_time),
        "expires_at": int(found.expires_at),
        "reference": found.reference,
    }


def auth_headers(found: SessionSummary) -> tuple[tuple[str, str], ...]:
    """Percent-encoded UTF-8 unless it is plain ASCII: headers carry nothing else safely."""
    return (
        ("X-Auth-Account", _encoded(found.account_id)),
        ("X-Auth-Username", _encoded(found.username)),
        ("X-Auth-Email", _encoded(found.email or "")),
        ("X-Auth-Name", _encoded(found.name)),
        ("X-Auth-Roles", ",".join(found.roles)),
        ("X-Auth-Tenant", found.tenant),
        ("X-Auth-Method", found.method.value),
    )


def _encoded(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else quote(value, safe=_SAFE)


def _failed(code: ReasonCode, reference: str) -> Answer:
    status = HTTPStatus(reason(code).status)
    said = problem(status, code.value, reference=reference)
    if status is not HTTPStatus.SERVICE_UNAVAILABLE:
        return said
    return replace(said, headers=(*said.headers, ("Retry-After", str(RETRY_AFTER_S))))


def _json(content: dict[str, object], *, kind: str = "application/json") -> Answer:
    return Answer(HTTPStatus.OK, (("Content-Type", kind),), dumps(content).encode())
