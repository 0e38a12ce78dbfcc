"""Pushed authorization requests (RFC 9126): the parameters go to the provider directly, the browser carries a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.client_auth import ClientCredentials
from app.adapters.provider.metadata import Metadata, required
from app.adapters.provider.token_response import parse_answer
from app.adapters.provider.wording import shown
from app.domain.connections.connection import Connection
from app.domain.errors import SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.provider_client import StepLog

LONGEST_REQUEST_URI = 1024

Parameters = Sequence[tuple[str, str]]


def is_pushed(connection: Connection, metadata: Metadata) -> bool:
    """Whether the provider or the connection wants the request pushed."""
    par = connection.provider.par
    return par == "required" or (par == "auto" and metadata.par_demanded)


@dataclass(frozen=True, slots=True)
class PushedRequest:
    """Authenticates as at the token endpoint (section 2)."""

    credentials: ClientCredentials

    def push(
        self,
        connection: Connection,
        attempt: LoginAttempt,
        *,
        parameters: Parameters,
        metadata: Metadata,
        log: StepLog,
        channel: ProviderChannel,
    ) -> Parameters:
        """What the browser carries in place of `parameters`: the client id and the request's URI. Raises SsoError."""
        authentication = self.credentials.prove(connection, token_endpoint=metadata.token_endpoint)
        endpoint = required(metadata.par_endpoint, "pushed_authorization_request_endpoint")
        log.begin("par")
        answer = channel.send(authentication.post(endpoint, dict(parameters)), endpoint="par")
        log.note(f"HTTP {answer.status}")
        hide = (attempt.state, attempt.nonce, attempt.verifier, authentication.secret)
        with channel.about(endpoint, endpoint="par", client_auth=connection.provider.client_auth):
            document = parse_answer(answer, wanted=Text("a request_uri"), hide=hide)
            return (("client_id", connection.provider.client_id), ("request_uri", _request_uri(document)))


def _request_uri(document: object) -> str:
    """Section 2.2. It goes into a URL: visible ASCII, and short enough for that."""
    value = document.get("request_uri") if isinstance(document, dict) else None
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= LONGEST_REQUEST_URI
        or not value.isascii()
        or not value.isprintable()
    ):
        raise SsoError(
            ReasonCode.ANSWER_INVALID, field="request_uri", received=shown(value), error=Text("not a request URI")
        )
    return value
