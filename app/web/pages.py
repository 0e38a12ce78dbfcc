"""Rendering: what every page needs, and texts that several pages share."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, make_response, render_template
from werkzeug.datastructures import Headers
from werkzeug.urls import iri_to_uri

from app.domain.accounts.account import Account, AccountId, Role
from app.domain.errors import Detail
from app.domain.reasons import advice
from app.domain.reasons.codes import ReasonCode
from app.domain.tenants.tenant import Tenant
from app.web.i18n import ago, duration, gettext, language, mount_translations, speak_for
from app.web.readers import Readers

STATIC = Path(__file__).parent / "static"
RETRY_AFTER_S = 5
"""Sent with error pages that say to try again."""
MINUTES_OF_AN_HOUR = 60
_URI = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%-]+")
"""An address that is spelled as a URI (RFC 3986, section 2)."""


@dataclass(frozen=True, slots=True)
class AccountCard:
    """One account as a chooser shows it."""

    id: AccountId
    name: str
    username: str
    roles: list[str]
    last_used: str | None
    is_last: bool


def mount_pages(app: Flask, readers: Readers) -> None:
    """Translations, and functions for templates."""
    mount_translations(app, readers.translations, readers.reader)
    versions = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in STATIC.iterdir()}

    def asset(name: str) -> str:
        return f"/static/{name}?v={versions[name]}"

    @app.context_processor
    def _context() -> dict[str, object]:
        locale, direction = language()
        return {
            "locale": locale,
            "text_direction": direction,
            "asset": asset,
            "languages": readers.choices(locale),
        }


def page(template: str, *, status: int = 200, form_targets: Sequence[str] = (), **context: object) -> Response:
    """Render a page. `form_targets` are URLs, or `https:`, that its forms may be redirected to, for the CSP."""
    if isinstance(tenant := context.get("tenant"), Tenant):
        speak_for(tenant.reader)
    response = make_response(render_template(template, **context), status)
    allowed = " ".join(["'self'", *sorted({_source(target) for target in form_targets})])
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {allowed}"
    )
    return response


def cards(
    accounts: Sequence[Account], tenant: Tenant, *, now: float, marked: AccountId | None = None
) -> list[AccountCard]:
    """`marked` is the account chosen last; it comes first, but is never chosen automatically."""
    shared_desk = tenant.security.shared_desk
    return [
        AccountCard(
            id=account.id,
            name=account.name or account.username,
            username=account.username,
            roles=[role_name(role) for role in account.roles],
            last_used=None if shared_desk else _last_used(account, now=now),
            is_last=account.id == marked,
        )
        for account in accounts
    ]


def _last_used(account: Account, *, now: float) -> str | None:
    when = ago(account.last_login_at, now=now)
    return gettext("Last used %(when)s", when=when) if when else None


def what_to_do(code: ReasonCode, details: Mapping[str, Detail]) -> str:
    """What the person can do now; if they must wait, for how long."""
    wait_s = details.get("retry_after_s")
    if code is ReasonCode.THROTTLED and isinstance(wait_s, int):
        minutes = ceil(wait_s / 60)
        return gettext(
            "Try again in %(time)s. If your workspace has OAuth Login, it still works in the meantime.",
            time=duration(minutes if minutes < MINUTES_OF_AN_HOUR else ceil(minutes / 60) * 60),
        )
    return gettext(advice(code, details))


def role_name(role: Role) -> str:
    """The name of a role on a page."""
    return {
        Role.AGENT: gettext("Agent"),
        Role.SUPERVISOR: gettext("Supervisor"),
        Role.TENANT_ADMIN: gettext("Administrator"),
        Role.SUPPORT: gettext("Support"),
        Role.OPERATOR: gettext("Operator"),
    }[role]


class Redirect(Response):
    """Its headers are complete: werkzeug would copy them all, and encode the address once more."""

    def get_wsgi_headers(self, environ: object) -> Headers:  # noqa: ARG002 - werkzeug's shape
        return self.headers


def go(url: str, *, status: int = 303) -> Response:
    """A redirect, by default one that turns a POST into a GET (RFC 9700, section 4.12)."""
    address = url if _URI.fullmatch(url) else iri_to_uri(url)
    return Redirect(status=status, headers={"Location": address, "Content-Length": "0"})


def with_query(path: str, **values: str | None) -> str:
    """The address with those of the values that are not empty."""
    given = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def login_url(tenant: Tenant | None) -> str:
    return f"/t/{tenant.slug}/login" if tenant else "/"


def _source(target: str) -> str:
    """As the CSP names it. It knows no IPv6 address, so that one of those stands for its scheme."""
    parts = urlsplit(target)
    if parts.netloc and parts.scheme in ("http", "https"):
        return f"{parts.scheme}:" if "[" in parts.netloc else f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:" if parts.scheme else target
