"""`/account/sessions`: where a person is signed in, and signing out there."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import HiddenField

from app.domain.sessions.session import SessionId, SignedIn
from app.domain.tenants.login_policy import Method
from app.ports.system import Clock
from app.services.sessions.own_sessions import OwnSessions
from app.web.browser import Browser, client_ip
from app.web.consoles.console_form import ConsoleForm
from app.web.i18n import ago, gettext, moment
from app.web.pages import go, page
from app.web.user_session import signed_in_user

HERE = "/account/sessions"
ONE, OTHERS = "one", "others"


class EndForm(ConsoleForm):
    """Which of them; all others if none is named. The view checks the token."""

    session = HiddenField()


@dataclass(frozen=True, slots=True)
class OwnSessionViews:
    """The signed-in person's own."""

    own_sessions: OwnSessions
    clock: Clock
    browser: Browser

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("own_sessions", __name__)
        blueprint.add_url_rule(HERE, view_func=self.show, endpoint="show")
        blueprint.add_url_rule(HERE, view_func=self.end, endpoint="end", methods=["POST"])
        return blueprint

    def show(self) -> Response:
        user = signed_in_user()
        if user is None:
            return go("/")
        found = self.own_sessions.all(user.signed_in)
        present = user.signed_in.session.id
        asked = request.args.get("done")
        return page(
            "account_sessions.html",
            tenant=user.signed_in.tenant,
            sessions=[self._row(one, present=one.session.id == present) for one in found],
            done=asked if asked in (ONE, OTHERS) else None,
            action=HERE,
            csrf_token=self.browser.csrf_token(user),
        )

    def end(self) -> Response:
        """The button pressed says which."""
        signed_in, form = self.browser.poster().signed_in, EndForm(request.form)
        if form.session.data:
            self.own_sessions.end(signed_in, SessionId(form.session.data), client_ip=client_ip())
            return go(f"{HERE}?done={ONE}")
        self.own_sessions.end_others(signed_in, client_ip=client_ip())
        return go(f"{HERE}?done={OTHERS}")

    def _row(self, one: SignedIn, *, present: bool) -> Mapping[str, object]:
        session = one.session
        return {
            "id": session.id,
            "device": session.device or gettext("Unknown browser"),
            "present": present,
            "method": gettext("OAuth Login") if session.method is Method.SSO else gettext("Password"),
            "connection": one.connection,
            "since": moment(session.created_at),
            "seen": ago(session.last_seen_at, now=self.clock.now()),
        }
