"""Logouts initiated by providers: the back channel and the front channel."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, request

from app.domain.connections.connection import ConnectionId
from app.domain.reasons import ReasonCode, reason
from app.domain.traces.trace import LoginStopped
from app.services.sessions.provider_logout import ProviderLogoutService
from app.web.i18n import gettext
from app.web.pages import page

OURS = (ReasonCode.STORE_UNAVAILABLE, ReasonCode.INTERNAL)
"""Failures of ours: the provider is not blamed, and may try again."""


@dataclass(frozen=True, slots=True)
class ProviderLogoutViews:
    """`POST /backchannel-logout/<connection id>` and `GET /frontchannel-logout/<connection id>`."""

    provider_logout: ProviderLogoutService

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("provider_logout", __name__)
        blueprint.add_url_rule(
            "/backchannel-logout/<connection_id>", view_func=self.back_channel, endpoint="back", methods=["POST"]
        )
        blueprint.add_url_rule("/frontchannel-logout/<connection_id>", view_func=self.front_channel, endpoint="front")
        return blueprint

    def back_channel(self, connection_id: str) -> Response:
        """200, or 400 with the OAuth error format (Back-Channel Logout 1.0, section 2.8)."""
        tokens = request.form.getlist("logout_token")
        try:
            self.provider_logout.back_channel(ConnectionId(connection_id), tokens[0] if len(tokens) == 1 else None)
        except LoginStopped as error:
            if error.code in OURS:
                raise
            return _refused(error)
        return Response(status=HTTPStatus.OK)

    def front_channel(self, connection_id: str) -> Response:
        """An empty page that the provider may frame. A wrong `iss` or `sid` ends no session."""
        try:
            connection = self.provider_logout.front_channel(
                ConnectionId(connection_id), issuer=request.args.get("iss"), sid=request.args.get("sid")
            )
        except LoginStopped as error:
            if error.code in OURS:
                raise
            return _nobody_signed_out(error)
        parts = urlsplit(connection.provider.issuer or "")
        response = Response("<!doctype html><title>Signed out</title>", mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; frame-ancestors {parts.scheme}://{parts.netloc}"
        )
        return response


def _refused(error: LoginStopped) -> Response:
    g.reference = error.trace.reference
    description = f"{error.code.value} (reference {error.trace.reference})"
    response = jsonify({"error": "invalid_request", "error_description": description})
    response.status_code = HTTPStatus.BAD_REQUEST
    return response


def _nobody_signed_out(error: LoginStopped) -> Response:
    g.reference = error.trace.reference
    why = reason(error.code)
    return page(
        "error.html",
        status=why.status,
        title=gettext("No one was signed out"),
        sentence=gettext(why.sentence),
        next_step=gettext(why.next_step),
        reference=error.trace.reference,
        actions=[{"label": gettext("Go to your account"), "url": "/account"}],
        tenant=error.tenant,
    )
