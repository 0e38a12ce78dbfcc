"""Where the person goes in the middle of an authorization: to sign in, to choose an account, and back."""

from urllib.parse import urlencode

from app.domain.oauth2.pending_authorization import PendingAuthorization
from app.domain.tenants.login_policy import Method
from app.domain.tenants.step_up import StepUp
from app.services.oauth2.authorize import LoginNeeded
from app.web.pages import with_query
from app.web.readers import UI_LOCALES

CONTINUE = "/oauth2/authorize/continue"


def continue_url(pending: PendingAuthorization) -> str:
    """In the languages that the app asked for."""
    return with_query(CONTINUE, request=pending.id, **_language(pending))


def choice_url(pending: PendingAuthorization) -> str:
    return with_query("/accounts/choose", next=onward(pending), **_language(pending))


def login_url(needed: LoginNeeded) -> str:
    """The provider itself for whoever signed in there before, else the workspace's page, else the finder."""
    pending, again = needed.pending, needed.again
    hint, further = pending.request.login_hint, {"next": onward(pending), **_language(pending)}
    if again is not None and again.session.method is Method.SSO:
        path = f"/t/{again.tenant.slug}/oauth/login"
        hint = hint or again.account.email
        return with_query(path, connection=again.connection, login_hint=hint, **_wanted(needed.step_up), **further)
    slug = again.tenant.slug if again is not None else pending.request.tenant
    if slug is None:
        return with_query("/", q=hint if hint and "@" in hint else None, **further)
    wanted = {"prompt": "login"} if again is not None else _wanted(needed.step_up)
    return with_query(f"/t/{slug}/login", login_hint=hint, **wanted, **further)


def onward(pending: PendingAuthorization) -> str:
    """Where a login has to lead to."""
    return f"{CONTINUE}?{urlencode({'request': pending.id})}"


def _language(pending: PendingAuthorization) -> dict[str, str | None]:
    return {UI_LOCALES: pending.request.ui_locales}


def _wanted(step_up: StepUp) -> dict[str, str | None]:
    return {
        "prompt": " ".join(step_up.prompt),
        "max_age": None if step_up.max_age is None else str(step_up.max_age),
        "acr_values": " ".join(step_up.acr_values),
    }
