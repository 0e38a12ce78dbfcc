"""Session checks for scripts and reverse proxies: `/session` and `/forward-auth`."""

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request

from app.domain.login.return_to import ACCOUNT_HOME, return_to
from app.domain.sessions.session import SignedIn
from app.domain.tenants.tenant import SLUG
from app.services.sessions.sessions import SessionService
from app.web.cookies import Cookies
from app.web.errors import problem
from app.web.pages import go, with_query
from app.web.site import SiteOptions
from app.web.user_session import signed_in_user


@dataclass(frozen=True, slots=True)
class SessionInfoViews:
    """Machine endpoints for the session of the browser's cookie, or of the one shared with sibling hosts."""

    options: SiteOptions
    sessions: SessionService
    cookies: Cookies

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("session_info", __name__)
        blueprint.add_url_rule("/session", view_func=self.session, endpoint="session")
        blueprint.add_url_rule("/forward-auth", view_func=self.forward_auth, endpoint="forward_auth")
        return blueprint

    def session(self) -> Response:
        signed_in = self._signed_in()
        return jsonify(session_object(signed_in)) if signed_in else problem(401, "no_session")

    def forward_auth(self) -> Response:
        """200 with `X-Auth-…`, else 401 (302 for `redirect=1`) with the login URL. `tenant` accepts only that one."""
        signed_in = self._signed_in()
        tenant = request.args.get("tenant", "")
        if signed_in and tenant and signed_in.tenant.slug != tenant:
            return problem(403, "another_tenant")
        if signed_in:
            return Response(status=200, headers=auth_headers(signed_in))
        location = self._login(tenant)
        if request.args.get("redirect") == "1":
            return go(location, status=302)
        response = problem(401, "no_session")
        response.headers["Location"] = location
        return response

    def _signed_in(self) -> SignedIn | None:
        """By one query. On our own host its own cookie decides, because a sibling could plant the shared one."""
        if self.cookies.session(request):
            user = signed_in_user()
            return user.signed_in if user else None
        shared = self.cookies.shared_session(request)
        return self.sessions.check_id(shared) if shared else None

    def _login(self, tenant: str) -> str:
        path = f"/t/{tenant}/oauth/login" if SLUG.fullmatch(tenant) else "/"
        wanted = return_to(self._wanted(), hosts=self.options.forward_auth_hosts)
        return with_query(f"{self.options.base_url}{path}", next=wanted if wanted != ACCOUNT_HOME else None)

    def _wanted(self) -> str | None:
        """The URL that the client requested: trusted only from a proxy that the operator has named."""
        if not self.options.trusted_proxies:
            return None
        path = request.headers.get("X-Forwarded-Uri") or request.headers.get("X-Original-Uri") or ""
        host = request.headers.get("X-Forwarded-Host", "").lower()
        return f"https://{host}{path}" if host in self.options.forward_auth_hosts else path


def session_object(signed_in: SignedIn) -> dict[str, object]:
    """docs/reference.md, URLs, `GET /session`."""
    account, session = signed_in.account, signed_in.session
    return {
        "account": {
            "id": account.id,
            "username": account.username,
            "email": account.email,
            "name": account.name,
            "roles": [role.value for role in account.roles],
        },
        "tenant": signed_in.tenant.slug,
        "connection": signed_in.connection,
        "method": session.method.value,
        "auth_time": int(session.auth_time),
        "expires_at": int(min(session.expires_at, session.last_seen_at + session.idle_s)),
        "reference": session.reference,
    }


def auth_headers(signed_in: SignedIn) -> dict[str, str]:
    """Percent-encoded UTF-8 unless it is plain ASCII: headers carry nothing else safely."""
    account = signed_in.account
    values = {
        "X-Auth-Account": account.id,
        "X-Auth-Username": account.username,
        "X-Auth-Email": account.email or "",
        "X-Auth-Name": account.name,
        "X-Auth-Roles": ",".join(role.value for role in account.roles),
        "X-Auth-Tenant": signed_in.tenant.slug,
        "X-Auth-Method": signed_in.session.method.value,
    }
    return {name: quote(value, safe=" !#$&'()*+,/:;=?@[]-._~") for name, value in values.items()}
