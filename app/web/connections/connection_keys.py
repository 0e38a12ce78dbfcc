"""`GET /t/<tenant>/jwks/<connection>`: the public keys for encrypting to a connection, and for authenticating it."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from app.services.connections.connection_keys import ConnectionKeyService

KEY_SET = "connection_keys.key_set"


@dataclass(frozen=True, slots=True)
class ConnectionKeyViews:
    """By the connection's name, which may contain any character, even a slash."""

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
