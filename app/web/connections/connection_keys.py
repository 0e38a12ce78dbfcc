"""`GET /t/<tenant>/jwks/<connection>`: the public keys that a connection's provider encrypts to, and knows us by."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from app.services.connections.connection_keys import ConnectionKeyService

KEY_SET = "connection_keys.key_set"
"""The name of the only view whose answer may be kept."""


@dataclass(frozen=True, slots=True)
class ConnectionKeyViews:
    """By the connection's name, which may have any characters, a slash too."""

    connection_keys: ConnectionKeyService

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("connection_keys", __name__)
        blueprint.add_url_rule("/t/<slug>/jwks/<path:name>", view_func=self.key_set, endpoint="key_set")
        return blueprint

    def key_set(self, slug: str, name: str) -> Response:
        """A JWK set (RFC 7517, section 5)."""
        response = jsonify({"keys": self.connection_keys.published(slug, name)})
        response.mimetype = "application/jwk-set+json"
        return response
