"""`/oauth2/token`, `/oauth2/introspect` and `/oauth2/revoke`."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.web.oauth2.grants import INTROSPECTION, REVOCATION
from app.web.oauth2.machine import Asked, Endpoint
from app.web.oauth2.machine_answers import Answer
from app.web.oauth2.server import ProviderServer

TOKEN = ("/oauth2/token", "/oauth2/token/")
"""Integrators of other call-centre APIs are used to the slash."""


@dataclass(frozen=True, slots=True)
class TokenViews:
    """For clients. No page introspects: none has a secret to authenticate with."""

    server: ProviderServer

    def endpoints(self) -> Mapping[str, Endpoint]:
        return {
            **dict.fromkeys(TOKEN, Endpoint(self.token)),
            "/oauth2/revoke": Endpoint(self.revoke),
            "/oauth2/introspect": Endpoint(self.introspect, by_pages=False),
        }

    def token(self, asked: Asked) -> Answer:
        answer: Answer = self.server.create_token_response(asked)
        return answer

    def revoke(self, asked: Asked) -> Answer:
        answer: Answer = self.server.create_endpoint_response(REVOCATION, asked)
        return answer

    def introspect(self, asked: Asked) -> Answer:
        answer: Answer = self.server.create_endpoint_response(INTROSPECTION, asked)
        return answer
