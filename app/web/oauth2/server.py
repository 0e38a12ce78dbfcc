"""The token endpoint and its neighbours, by Authlib's authorization server: which grant or endpoint a request is for.

What is granted, services decide. Nothing else of Authlib's server is used: it stores no tokens and generates none.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Payload, OAuth2Request, TokenEndpoint
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from app.domain.oauth2.client import Client
from app.services.oauth2.client_authentication import ClientAuthenticator
from app.services.oauth2.client_credentials import read_credentials
from app.services.oauth2.device_sign_in import DeviceSignIn
from app.services.oauth2.token_inspection import TokenInspection
from app.services.oauth2.tokens import TokenService
from app.web.oauth2.machine import Asked
from app.web.oauth2.machine_answers import Answer, in_json

AuthlibResponse = tuple[int, Mapping[str, Any], list[tuple[str, str]]]
"""Status, body and headers."""


@dataclass(frozen=True, slots=True)
class Services:
    """What grants and endpoints hand their requests to."""

    authenticator: ClientAuthenticator
    tokens: TokenService
    devices: DeviceSignIn
    inspection: TokenInspection


class FormPayload(OAuth2Payload):  # type: ignore[misc]  # Authlib ships no types
    """The parameters, each once."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self._data = data

    @property
    def data(self) -> Mapping[str, str]:
        return self._data


class FormRequest(OAuth2Request):  # type: ignore[misc]  # Authlib ships no types
    """A request. Which scheme it came by, the proxy in front knows; Authlib need not check."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(method=asked.method, uri=f"https://localhost{asked.path}")
        self.asked = asked
        self.payload = FormPayload(asked.parameters)

    @property
    def form(self) -> Mapping[str, str]:
        data: Mapping[str, str] = self.payload.data
        return data


class ProviderServer(AuthorizationServer):  # type: ignore[misc]  # Authlib ships no types
    """Authlib's server with our client authentication and our way to answer."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services

    def create_oauth2_request(self, request: Asked) -> FormRequest:
        return FormRequest(request)

    def authenticate_client(
        self,
        request: FormRequest,
        methods: object,  # noqa: ARG002 - every client shows what it is registered with
        endpoint: str = "token",  # noqa: ARG002 - at every endpoint alike (ASVS 10.4.10)
    ) -> Client:
        """Raises OAuth2Error."""
        return authenticated(self.services.authenticator, request.asked)

    def handle_response(self, status: int, body: Mapping[str, Any], headers: object) -> Answer:  # noqa: ARG002 - ours
        return in_json(body, HTTPStatus(status))

    def send_signal(self, name: str, *args: object, **named: object) -> None:
        """Nobody listens."""


class ServiceGrant(BaseGrant, TokenEndpointMixin, ABC):  # type: ignore[misc]  # Authlib ships no types
    """One grant type at the token endpoint; subclasses hand it to its service."""

    @property
    def services(self) -> Services:
        services: Services = self.server.services
        return services

    def validate_token_request(self) -> None:
        self.request.client = self.authenticate_token_endpoint_client()

    def create_token_response(self) -> AuthlibResponse:
        return HTTPStatus.OK, self.answer(self.request.client, self.request.asked), []

    @abstractmethod
    def answer(self, client: Client, asked: Asked) -> Mapping[str, Any]:
        """The body. Raises OAuth2Error."""


class ServiceEndpoint(TokenEndpoint, ABC):  # type: ignore[misc]  # Authlib ships no types
    """An endpoint that clients send a token to; subclasses hand it to its service."""

    @property
    def services(self) -> Services:
        services: Services = self.server.services
        return services

    def create_endpoint_response(self, request: FormRequest) -> AuthlibResponse:
        return HTTPStatus.OK, self.answer(self.authenticate_endpoint_client(request), request.form), []

    @abstractmethod
    def answer(self, client: Client, given: Mapping[str, str]) -> Mapping[str, Any]:
        """The body. Raises OAuth2Error."""


def authenticated(authenticator: ClientAuthenticator, asked: Asked) -> Client:
    """The client of this request, by any of the methods. Raises OAuth2Error, and SsoError when throttled."""
    credentials = read_credentials(asked.parameters, authorization=asked.authorization, client_ip=asked.client_ip)
    asked.client = authenticator.authenticate(credentials)
    return asked.client
