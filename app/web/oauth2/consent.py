"""The consent page: who asks, and for what, in words."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response

from app.domain.oauth2.authorization import OFFLINE_ACCESS
from app.domain.oauth2.client import Scope
from app.domain.oauth2.scopes import EMAIL, OPENID, PROFILE, ROLES
from app.domain.sessions.session import SignedIn
from app.services.oauth2.authorize import ConsentNeeded
from app.web.i18n import gettext
from app.web.oauth2.ways import CONTINUE, choice_url
from app.web.pages import page


@dataclass(frozen=True, slots=True)
class Permission:
    """What the app will be able to do, in one sentence; `name` of the scope where nobody wrote one."""

    sentence: str
    name: str = ""


def consent_page(needed: ConsentNeeded, signed_in: SignedIn, *, csrf_token: str) -> Response:
    """Buttons of one form: neither is pressed by itself, and the page cannot be framed."""
    pending, uri = needed.pending, needed.pending.request.reply_to.redirect_uri
    return page(
        "consent.html",
        form_targets=["https:" if uri.startswith("https:") else uri],
        tenant=signed_in.tenant,
        account=signed_in.account,
        app=needed.client.name,
        owner=needed.owner,
        returns_to=returns_to(uri),
        permissions=[permission(scope) for scope in needed.scopes],
        request_id=pending.id,
        action=CONTINUE,
        other_account_url=choice_url(pending),
        csrf_token=csrf_token,
    )


def returns_to(redirect_uri: str) -> str | None:
    """The host that the person is sent back to; None for an app on this computer."""
    parts = urlsplit(redirect_uri)
    return parts.netloc if parts.scheme == "https" else None


def permission(scope: Scope) -> Permission:
    """Our own words for our own scopes, the vendor's for those of its catalogue."""
    sentence = {
        OPENID: gettext("Confirm who you are and which workspace you belong to"),
        EMAIL: gettext("See your email address"),
        PROFILE: gettext("See your name and username"),
        ROLES: gettext("See your roles in this workspace"),
        OFFLINE_ACCESS: gettext("Keep this access for up to 90 days, even while you are not using the app"),
    }.get(scope.name, scope.description)
    return Permission(sentence, "" if sentence else scope.name)
