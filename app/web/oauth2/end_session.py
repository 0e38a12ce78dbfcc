"""`/oauth2/logout`: an app asks to sign a person out (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, abort, request

from app.services.oauth2.end_session import EndSessionRequest, EndSessionService
from app.web.pages import go, page, with_query
from app.web.sign_out import SignOut
from app.web.user_session import SignedInUser, logout_targets, signed_in_user

END_SESSION = "/oauth2/logout"
CONFIRMED = f"{END_SESSION}/confirmed"
PARAMETERS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


@dataclass(frozen=True, slots=True)
class EndSessionViews:
    """An id_token of this very session stands for the person; otherwise they are asked."""

    end_session: EndSessionService
    out: SignOut

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("oauth2_end_session", __name__)
        blueprint.add_url_rule(END_SESSION, view_func=self.ask, endpoint="ask")
        blueprint.add_url_rule(END_SESSION, view_func=self.posted, endpoint="posted", methods=["POST"])
        blueprint.add_url_rule(CONFIRMED, view_func=self.confirmed, endpoint="confirmed", methods=["POST"])
        return blueprint

    def ask(self) -> Response:
        given = _parameters()
        user = signed_in_user()
        asked = self._read(given, user)
        if user is None:
            return go(asked.onward or "/logged-out")
        if asked.sure:
            return self.out.sign_out(user, onward=asked.onward)
        return page(
            "end_session.html",
            form_targets=[*logout_targets(user), *([asked.onward] if asked.onward else [])],
            tenant=user.signed_in.tenant,
            account=user.signed_in.account,
            app=asked.client.name if asked.client else "",
            action=CONFIRMED,
            fields=given,
            csrf_token=self.out.browser.csrf_token(user),
        )

    def posted(self) -> Response:
        """An app's form comes without our cookies, which are SameSite=Lax; the GET that follows has them."""
        return go(with_query(END_SESSION, **_parameters()))

    def confirmed(self) -> Response:
        """By the person, on our page."""
        given = _parameters()
        user = signed_in_user()
        if user is None:
            return go(self._read(given, None).onward or "/logged-out")
        self.out.browser.poster()
        return self.out.sign_out(user, onward=self._read(given, user).onward)

    def _read(self, given: dict[str, str], user: SignedInUser | None) -> EndSessionRequest:
        return self.end_session.read(given, user.signed_in if user else None)


def _parameters() -> dict[str, str]:
    """By query or form. One that comes twice is refused, because two readers might take different ones."""
    given = {name: request.values.getlist(name) for name in PARAMETERS}
    if any(len(values) > 1 for values in given.values()):
        abort(HTTPStatus.BAD_REQUEST)
    return {name: values[0] for name, values in given.items() if values}
