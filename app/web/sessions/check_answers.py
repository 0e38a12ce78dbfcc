"""What `/session` and `/forward-auth` answer, whoever asks the store, and wherever (docs/reference.md, URLs)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPStatus
from json import dumps
from re import compile as pattern
from urllib.parse import parse_qsl, quote, urlsplit

from werkzeug.sansio.http import parse_cookie

from app.domain.login.return_to import ACCOUNT_HOME, return_to
from app.domain.reasons import ReasonCode, reason
from app.domain.sessions.session import SessionId, SessionSummary, session_id
from app.domain.tenants.tenant import SLUG
from app.web.errors import PROBLEM, problem_body
from app.web.pages import RETRY_AFTER_S, with_query
from app.web.site.cookies import Cookies
from app.web.site.options import SiteOptions

PATHS = SESSION, FORWARD_AUTH = "/session", "/forward-auth"
METHODS = ("GET", "HEAD")
_SAFE = " !#$&'()*+,/:;=?@[]-._~"
_PLAIN = pattern(r"[A-Za-z0-9 !#$&'()*+,/:;=?@\[\]._~-]*")
"""What `quote` leaves as it is, with `_SAFE`."""

Sign = Callable[[SessionSummary, str], str | None]
"""Returns the signed identity for the host given. None: there is no key yet, and nothing can be written."""


@dataclass(frozen=True)
class Asked:
    """A request for one of the two paths. Names of headers are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    client_ip: str

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        return parse_cookie(self.headers.get("cookie"))

    @cached_property
    def args(self) -> Mapping[str, str]:
        """Of several with one name the first counts."""
        return dict(reversed(parse_qsl(self.query, keep_blank_values=True))) if self.query else {}


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """A response. `headers` are its own, beside those that every response has."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class CheckAnswers:
    """Asks nothing and changes nothing."""

    options: SiteOptions
    cookies: Cookies

    def session_of(self, asked: Asked) -> SessionId | None:
        """On our own host its own cookie decides, because a sibling could plant the shared one."""
        token = self.cookies.session(asked)
        return session_id(token) if token else self.cookies.shared_session(asked)

    def answer(self, asked: Asked, found: SessionSummary | None, sign: Sign) -> SessionAnswer:
        """`found` is the live session, if it is one."""
        if asked.path == FORWARD_AUTH:
            return self._forward_auth(asked, found, sign)
        return _json(session_object(found)) if found else problem(HTTPStatus.UNAUTHORIZED, "no_session")

    def _forward_auth(self, asked: Asked, found: SessionSummary | None, sign: Sign) -> SessionAnswer:
        """200 with `X-Auth-…`, else 401 (302 for `redirect=1`) with the login URL. `tenant` accepts only that one."""
        tenant = asked.args.get("tenant", "")
        if found and tenant and found.tenant != tenant:
            return problem(HTTPStatus.FORBIDDEN, "another_tenant")
        if found:
            # The same, signed, so that an app need not trust its network: one that wants it lets nobody in without it.
            signed = sign(found, self._audience(asked))
            return SessionAnswer(HTTPStatus.OK, (*auth_headers(found), *((("X-Auth-JWT", signed),) if signed else ())))
        location = ("Location", self._login(asked, tenant))
        if asked.args.get("redirect") == "1":
            return SessionAnswer(HTTPStatus.FOUND, (location,))
        refused = problem(HTTPStatus.UNAUTHORIZED, "no_session")
        return replace(refused, headers=(*refused.headers, location))

    def _audience(self, asked: Asked) -> str:
        """The host that the client requested: one that the operator has named, or our own."""
        host = asked.headers.get("x-forwarded-host", "").lower() if self.options.trusted_proxies else ""
        return host if host in self.options.forward_auth_hosts else urlsplit(self.options.base_url).netloc

    def _login(self, asked: Asked, tenant: str) -> str:
        path = f"/t/{tenant}/oauth/login" if SLUG.fullmatch(tenant) else "/"
        wanted = return_to(self._wanted(asked), hosts=self.options.forward_auth_hosts)
        return with_query(f"{self.options.base_url}{path}", next=wanted if wanted != ACCOUNT_HOME else None)

    def _wanted(self, asked: Asked) -> str | None:
        """The URL that the client requested: trusted only from a proxy that the operator has named."""
        if not self.options.trusted_proxies:
            return None
        path = asked.headers.get("x-forwarded-uri") or asked.headers.get("x-original-uri") or ""
        host = asked.headers.get("x-forwarded-host", "").lower()
        return f"https://{host}{path}" if host in self.options.forward_auth_hosts else path


def not_allowed() -> SessionAnswer:
    refused = problem(HTTPStatus.METHOD_NOT_ALLOWED, "request")
    return replace(refused, headers=(*refused.headers, ("Allow", ", ".join(METHODS))))


def problem(status: HTTPStatus, code: str, *, reference: str | None = None) -> SessionAnswer:
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


def failed(code: ReasonCode, reference: str) -> SessionAnswer:
    status = HTTPStatus(reason(code).status)
    said = problem(status, code.value, reference=reference)
    if status is not HTTPStatus.SERVICE_UNAVAILABLE:
        return said
    return replace(said, headers=(*said.headers, ("Retry-After", str(RETRY_AFTER_S))))


def _json(content: dict[str, object], *, kind: str = "application/json") -> SessionAnswer:
    return SessionAnswer(HTTPStatus.OK, (("Content-Type", kind),), dumps(content).encode())
