"""Where providers say that somebody has signed out there: the back channel and the front channel."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from app.domain.connection import ConnectionId
from app.domain.errors import SsoError, StoreUnavailable
from app.services.provider_logout import ProviderLogoutService


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
        if len(tokens) != 1:
            return _refused("one logout_token is needed")
        try:
            self.provider_logout.back_channel(ConnectionId(connection_id), tokens[0])
        except StoreUnavailable:
            raise
        except SsoError as error:
            return _refused(error.code.value)
        return Response(status=HTTPStatus.OK)

    def front_channel(self, connection_id: str) -> Response:
        """An empty page that the provider may frame. A wrong `iss` or `sid` signs nobody out."""
        connection = self.provider_logout.front_channel(
            ConnectionId(connection_id), issuer=request.args.get("iss"), sid=request.args.get("sid")
        )
        parts = urlsplit(connection.identity_issuer)
        response = Response("<!doctype html><title>Signed out</title>", mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; frame-ancestors {parts.scheme}://{parts.netloc}"
        )
        return response


def _refused(description: str) -> Response:
    response = jsonify({"error": "invalid_request", "error_description": description})
    response.status_code = HTTPStatus.BAD_REQUEST
    return response
