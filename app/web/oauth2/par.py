"""Pushed authorization requests (RFC 9126): an app hands its request over before it sends anyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from app.services.oauth2.authorization_requests import AuthorizationRequests
from app.services.oauth2.client_authentication import ClientAuthenticator
from app.web.oauth2.machine import Asked, Endpoint
from app.web.oauth2.machine_answers import Answer, in_json
from app.web.oauth2.server import authenticated


@dataclass(frozen=True, slots=True)
class PushedRequestViews:
    """`POST /oauth2/par`."""

    authenticator: ClientAuthenticator
    requests: AuthorizationRequests

    def endpoints(self) -> Mapping[str, Endpoint]:
        return {"/oauth2/par": Endpoint(self.push)}

    def push(self, asked: Asked) -> Answer:
        client = authenticated(self.authenticator, asked)
        parameters = {name: [value] for name, value in asked.parameters.items()}
        request_uri, expires_in = self.requests.push(client, parameters, client_ip=asked.client_ip)
        return in_json({"request_uri": request_uri, "expires_in": expires_in}, HTTPStatus.CREATED)
