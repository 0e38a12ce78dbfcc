"""The grants of the token endpoint, each a few lines before its service, and the endpoints that tokens are sent to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.oauth2.authorization import ACCESS_TOKEN_S
from app.domain.oauth2.client import Client
from app.services.oauth2.tokens import CodePresented, Issued
from app.web.oauth2.machine import Asked, required
from app.web.oauth2.server import ProviderServer, ServiceEndpoint, ServiceGrant, Services

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
INTROSPECTION = "introspection"
REVOCATION = "revocation"


class AuthorizationCodeGrant(ServiceGrant):
    """RFC 6749, section 4.1.3; RFC 7636, section 4.5."""

    GRANT_TYPE = "authorization_code"

    def answer(self, client: Client, asked: Asked) -> Mapping[str, Any]:
        given = asked.parameters
        presented = CodePresented(required(given, "code"), given.get("redirect_uri"), given.get("code_verifier"))
        return body(self.services.tokens.redeem_code(client, presented, client_ip=asked.client_ip), client)


class RefreshTokenGrant(ServiceGrant):
    """RFC 6749, section 6."""

    GRANT_TYPE = "refresh_token"

    def answer(self, client: Client, asked: Asked) -> Mapping[str, Any]:
        given = asked.parameters
        token = required(given, "refresh_token")
        issued = self.services.tokens.refresh(client, token, scope=given.get("scope"), client_ip=asked.client_ip)
        return body(issued, client)


class ClientCredentialsGrant(ServiceGrant):
    """RFC 6749, section 4.4."""

    GRANT_TYPE = "client_credentials"

    def answer(self, client: Client, asked: Asked) -> Mapping[str, Any]:
        return body(self.services.tokens.of_client(client, scope=asked.parameters.get("scope")), client)


class DeviceCodeGrant(ServiceGrant):
    """RFC 8628, section 3.4."""

    GRANT_TYPE = DEVICE_CODE

    def answer(self, client: Client, asked: Asked) -> Mapping[str, Any]:
        code = required(asked.parameters, "device_code")
        issued = self.services.devices.redeem(client, code, client_ip=asked.client_ip)
        return body(issued, client)


class IntrospectionEndpoint(ServiceEndpoint):
    """RFC 7662. An unknown `token_type_hint` is of no consequence: both kinds are looked for."""

    ENDPOINT_NAME = INTROSPECTION

    def answer(self, client: Client, given: Mapping[str, str]) -> Mapping[str, Any]:
        return self.services.inspection.introspect(client, required(given, "token"))


class RevocationEndpoint(ServiceEndpoint):
    """RFC 7009."""

    ENDPOINT_NAME = REVOCATION

    def answer(self, client: Client, given: Mapping[str, str]) -> Mapping[str, Any]:
        self.services.inspection.revoke(client, required(given, "token"))
        return {}


def provider_server(services: Services) -> ProviderServer:
    """With all that is offered; any other grant type is answered with `unsupported_grant_type`."""
    server = ProviderServer(services)
    for grant in (AuthorizationCodeGrant, RefreshTokenGrant, ClientCredentialsGrant, DeviceCodeGrant):
        server.register_grant(grant)
    for endpoint in (IntrospectionEndpoint, RevocationEndpoint):
        server.register_endpoint(endpoint)
    return server


def body(issued: Issued, client: Client) -> Mapping[str, Any]:
    """RFC 6749, section 5.1; `expires` as other call-centre APIs have it: UTC in ISO 8601, without a zone."""
    token = issued.access_token
    answer: dict[str, Any] = {
        "access_token": token.value,
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_S,
        "scope": " ".join(token.scopes),
    }
    if client.expires_iso:
        answer["expires"] = datetime.fromtimestamp(token.expires_at, UTC).replace(tzinfo=None).isoformat()
    if issued.refresh_token is not None:
        answer["refresh_token"] = issued.refresh_token
    if issued.id_token is not None:
        answer["id_token"] = issued.id_token
    return answer
