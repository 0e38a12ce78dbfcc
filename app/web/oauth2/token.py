"""`/oauth2/token`, `/oauth2/introspect` and `/oauth2/revoke`."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.web.oauth2.grants import INTROSPECTION, REVOCATION
from app.web.oauth2.machine import MachineBlueprint, preflight, readable_by_its_pages
from app.web.oauth2.server import ProviderServer

TOKEN = ("/oauth2/token", "/oauth2/token/")
"""Integrators of other call-centre APIs are used to the slash."""


@dataclass(frozen=True, slots=True)
class TokenViews:
    """For clients. Pages of a client without a server read the answers by CORS."""

    server: ProviderServer

    def blueprint(self) -> Blueprint:
        blueprint = MachineBlueprint("oauth2_token")
        blueprint.after_request(readable_by_its_pages)
        for path in TOKEN:
            blueprint.add_url_rule(path, view_func=self.token, endpoint="token", methods=["POST", "OPTIONS"])
        blueprint.add_url_rule("/oauth2/revoke", view_func=self.revoke, endpoint="revoke", methods=["POST", "OPTIONS"])
        blueprint.add_url_rule("/oauth2/introspect", view_func=self.introspect, endpoint="introspect", methods=["POST"])
        return blueprint

    def token(self) -> Response:
        if request.method == "OPTIONS":
            return preflight("POST")
        answer: Response = self.server.create_token_response()
        return answer

    def revoke(self) -> Response:
        if request.method == "OPTIONS":
            return preflight("POST")
        answer: Response = self.server.create_endpoint_response(REVOCATION)
        return answer

    def introspect(self) -> Response:
        """For servers only: no page has a secret to authenticate with."""
        answer: Response = self.server.create_endpoint_response(INTROSPECTION)
        return answer
