"""What anybody may read and cache: the keys that tokens are signed with, and what the bridge offers as a provider."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

from app.domain.oauth2.metadata import metadata
from app.domain.text import LANGUAGES
from app.services.oauth2.signing_keys import SigningKeyService

PUBLISHED = ("oauth2_published.keys", "oauth2_published.configuration")


@dataclass(frozen=True, slots=True)
class PublishedViews:
    """`/oauth2/jwks`, and the same metadata under the addresses of both standards."""

    signing_keys: SigningKeyService
    issuer: str

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("oauth2_published", __name__)
        blueprint.add_url_rule("/oauth2/jwks", view_func=self.keys, endpoint="keys")
        for name in ("openid-configuration", "oauth-authorization-server"):
            blueprint.add_url_rule(f"/.well-known/{name}", view_func=self.configuration, endpoint="configuration")
        return blueprint

    def keys(self) -> Response:
        """A JWK set (RFC 7517, section 5)."""
        response = jsonify({"keys": self.signing_keys.published()})
        response.mimetype = "application/jwk-set+json"
        return _for_any_origin(response)

    def configuration(self) -> Response:
        return _for_any_origin(jsonify(metadata(self.issuer, languages=LANGUAGES)))


def _for_any_origin(response: Response) -> Response:
    """An app that runs in a browser reads these before it knows anything else. They hold nothing of any person."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
