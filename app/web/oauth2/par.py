"""Pushed authorization requests (RFC 9126): an app hands its request over before it sends anyone."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from app.services.oauth2.authorization_requests import AuthorizationRequests
from app.services.oauth2.client_authentication import ClientAuthenticator
from app.web.browser import client_ip
from app.web.oauth2.machine import MachineBlueprint, parameters, readable_by_its_pages
from app.web.oauth2.server import authenticated


@dataclass(frozen=True, slots=True)
class PushedRequestViews:
    """`POST /oauth2/par`."""

    authenticator: ClientAuthenticator
    requests: AuthorizationRequests

    def blueprint(self) -> Blueprint:
        blueprint = MachineBlueprint("oauth2_par")
        blueprint.after_request(readable_by_its_pages)
        blueprint.add_url_rule("/oauth2/par", view_func=self.push, endpoint="push", methods=["POST"])
        return blueprint

    def push(self) -> Response:
        given = parameters()
        client = authenticated(self.authenticator, given)
        asked = {name: [value] for name, value in given.items()}
        request_uri, expires_in = self.requests.push(client, asked, client_ip=client_ip())
        response = jsonify({"request_uri": request_uri, "expires_in": expires_in})
        response.status_code = 201
        return response
