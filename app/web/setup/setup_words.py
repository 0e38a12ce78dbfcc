"""What is said about a set-up link: to whoever opens it, and to those who sent it."""

from http import HTTPStatus

from flask import Response

from app.domain.setup.setup_link import CODE_AGAIN_S, CodeResult, LinkState
from app.services.setup.setup_links import Redeemed
from app.web.i18n import gettext
from app.web.pages import page


def closed_page(state: LinkState | None, *, status: int) -> Response:
    """For a link that cannot be opened; None: there is no such link."""
    return page(
        "setup/closed.html",
        status=status,
        sentence=_closed(state),
        next_step=gettext("Ask the person who sent you the link for a new one."),
    )


def not_open_page() -> Response:
    """Whoever has no set-up open learns nothing else about the address."""
    return page(
        "setup/closed.html",
        status=HTTPStatus.NOT_FOUND,
        sentence=gettext("No set-up is open in this browser. It may have ended, or been closed by the other side."),
        next_step=gettext("Open the link from your email, or ask the person who sent it for a new one."),
    )


def _closed(state: LinkState | None) -> str:
    if state is None:
        return gettext("This set-up link is not valid. Check that you copied all of it from the email.")
    return {
        LinkState.OPEN: gettext("This set-up link has been opened already, and works once."),
        LinkState.USED: gettext("This set-up link has been used, and works once."),
        LinkState.EXPIRED: gettext("This set-up link has expired. A link works for 72 hours."),
        LinkState.LOCKED: gettext("This set-up link is locked because too many wrong codes were entered."),
        LinkState.REVOKED: gettext("This set-up link has been revoked."),
        LinkState.TENANT_DISABLED: gettext("This workspace is disabled, so nothing can be set up."),
        LinkState.SENT: "",
    }[state]


def code_problem(redeemed: Redeemed) -> str:
    """At the field of the code."""
    return {
        CodeResult.WRONG: gettext(
            "This code is wrong. You can try %(count)s more times.", count=str(redeemed.tries_left)
        ),
        CodeResult.TOO_OLD: gettext("This code is too old. Have a new one sent."),
        CodeResult.OTHER_BROWSER: gettext(
            "No code was sent for this browser. Have one sent from here, and enter it here."
        ),
    }.get(redeemed.result, "")


def not_sent(result: CodeResult) -> str:
    """Why no code was mailed."""
    if result is CodeResult.TOO_SOON:
        return gettext(
            "A code was sent less than %(seconds)s seconds ago. Wait a moment, and look into your mailbox and its "
            "spam folder.",
            seconds=str(CODE_AGAIN_S),
        )
    return gettext("No more codes can be sent for this link. Ask the person who sent you the link for a new one.")


def state_name(state: LinkState) -> str:
    """In a list."""
    return {
        LinkState.SENT: gettext("Sent"),
        LinkState.OPEN: gettext("Open"),
        LinkState.USED: gettext("Used"),
        LinkState.EXPIRED: gettext("Expired"),
        LinkState.LOCKED: gettext("Locked"),
        LinkState.REVOKED: gettext("Revoked"),
        LinkState.TENANT_DISABLED: gettext("Workspace disabled"),
    }[state]
