"""The result page of an attempt that was not a login."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response

from app.domain.connections.connection import Connection
from app.domain.errors import Detail
from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.reasons import ReasonCode, reason
from app.domain.sessions.session import SignedIn
from app.domain.sso_only.observing import TRY_SSO
from app.domain.traces.trace import LoginStopped
from app.services.login.connection_checks import ConnectionCheck
from app.web.i18n import gettext
from app.web.pages import RETRY_AFTER_S, page, what_to_do

CONFIRM = "/account/confirm"
RESULT_GONE = "check result"
"""What is not found where there is none any more (web/login/check_result.py)."""
MORE_THAN_ONE_SIGN_IN = (ReasonCode.ANOTHER_ACCOUNT, ReasonCode.NO_ACCOUNT, ReasonCode.EMAIL_OUTSIDE_DOMAINS)
"""The person may have several sign-ins at the provider and have picked the wrong one."""


def providers_of(connections: Iterable[Connection]) -> list[str]:
    """Where a form that starts an attempt may be redirected to (`form_targets` of a page)."""
    known = [url for one in connections for url in (one.provider.issuer, one.provider.authorization_endpoint) if url]
    return ["https:", *known]


def proof_page(proof: ConnectionCheck, signed_in: SignedIn) -> Response:
    """It succeeded."""
    return page(
        "proof.html",
        tenant=signed_in.tenant,
        name=signed_in.account.name or signed_in.account.username,
        onward=proof.return_to,
    )


def failed_proof_page(error: LoginStopped, signed_in: SignedIn) -> Response:
    """It failed. `signed_in` is this browser's session."""
    why = reason(error.code)
    onward = error.return_to or ACCOUNT_HOME
    response = page(
        "proof_failed.html",
        status=why.status,
        tenant=signed_in.tenant,
        title=_failed(error),
        sentence=gettext(why.sentence),
        next_step=what_to_do(error.code, error.trace.details),
        again=_again(error, onward),
        onward=ACCOUNT_HOME if error.purpose is Purpose.REAUTH else onward,
        reference=error.trace.reference,
    )
    return retry_when_it_passes(response, why.status, error.trace.details)


def retry_when_it_passes(response: Response, status: int, details: Mapping[str, Detail]) -> Response:
    """Says when trying again may help, where the status is one that passes."""
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response.headers["Retry-After"] = str(details.get("retry_after_s") or RETRY_AFTER_S)
    return response


def _again(error: LoginStopped, onward: str) -> str | None:
    if error.purpose is Purpose.REAUTH:
        return f"{CONFIRM}?{urlencode({'next': onward})}"
    if error.purpose is Purpose.PROVE and error.code in MORE_THAN_ONE_SIGN_IN:
        return f"{TRY_SSO}?{urlencode({'next': onward, 'another': '1'})}"
    return None


def _failed(error: LoginStopped) -> str:
    if error.code is ReasonCode.SESSION_CHANGED:
        return gettext("Something went wrong")
    return {
        Purpose.TEST: gettext("The test failed"),
        Purpose.PROVE: gettext("OAuth Login doesn't work for you yet"),
        Purpose.REAUTH: gettext("We couldn't confirm that it's you"),
    }[error.purpose]
