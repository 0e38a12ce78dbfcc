"""Exchanges a code for tokens: RFC 6749, section 4.1.3."""

from dataclasses import dataclass, field

from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.client_auth import ClientCredentials
from app.adapters.provider.token_response import Tokens, parse_token_response
from app.domain.connections.connection import Connection
from app.domain.login.login_attempt import LoginAttempt
from app.ports.outbound import OutboundRequest
from app.ports.provider_client import StepLog


@dataclass(frozen=True, slots=True)
class AuthorizationGrant:
    """What is exchanged for tokens: the code from the browser, and the attempt that it answers."""

    attempt: LoginAttempt
    code: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """Asks once: a code can be used only once, so there is no retry.

    A server that asks for its nonce has not looked at the code (RFC 9449, section 8).
    """

    credentials: ClientCredentials

    def redeem(
        self,
        connection: Connection,
        grant: AuthorizationGrant,
        *,
        token_endpoint: str,
        log: StepLog,
        channel: ProviderChannel,
    ) -> Tokens:
        """Raises SsoError."""
        attempt = grant.attempt
        hide = [grant.code, attempt.verifier, attempt.state, attempt.nonce]
        form = {"grant_type": "authorization_code", "code": grant.code, "redirect_uri": grant.redirect_uri}
        if connection.provider.pkce:
            form["code_verifier"] = attempt.verifier

        def request() -> OutboundRequest:
            authentication = self.credentials.prove(connection, token_endpoint=token_endpoint)
            hide.append(authentication.secret)
            return authentication.post(token_endpoint, form)

        answer = channel.send_proven(request, endpoint="token")
        log.note(f"HTTP {answer.status}")
        with channel.about(token_endpoint, endpoint="token", client_auth=connection.provider.client_auth):
            return parse_token_response(answer, scheme="DPoP" if channel.dpop else "Bearer", hide=hide)
