"""A login without a person: what the provider says to the client and its redirect URI, before an agent finds out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from app.adapters.provider.authorization import code_of, request_parameters, with_parameters
from app.adapters.provider.channel import ProviderChannel
from app.adapters.provider.metadata import Metadata
from app.adapters.provider.pushed_request import PushedRequest, is_pushed
from app.adapters.provider.token_request import AuthorizationGrant, TokenRequest
from app.domain.connections.connection import Connection, Protocol
from app.domain.connections.finding import Finding, Level
from app.domain.errors import SsoError
from app.domain.login.login_attempt import LoginAttempt
from app.domain.login.received_claims import ReceivedClaims
from app.domain.reasons import ReasonCode, remedy, summary
from app.domain.tenants.step_up import NOTHING_MORE, StepUp
from app.domain.tenants.tenant import TenantId
from app.ports.outbound import Answer, OutboundRequest
from app.ports.provider_client import AuthorizationOptions, AuthorizationResponse

MADE_UP = "a-rehearsal-of-sso-bridge-with-no-person-in-it"
"""Used as code, state, nonce and verifier (RFC 7636 requires at least 43 characters)."""
CLIENT, REDIRECT_URI = "client", "redirect URI"
SILENT = StepUp(prompt=("none",))
_CLIENT_ERRORS = range(400, 500)
_REDIRECTS = range(300, 400)
_SAYS_NOTHING = (403, 405, 429)
"""Responses of firewalls and bot protection, whatever the request."""
_NEEDS_A_PERSON = (ReasonCode.LOGIN_REQUIRED, ReasonCode.ACCESS_DENIED)


class _NoLog:
    def begin(self, step: str) -> None: ...
    def note(self, text: str) -> None: ...
    def received(self, claims: ReceivedClaims) -> None: ...


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Sends the requests of a login, with the client's real credentials and an invented code."""

    connection: Connection
    redirect_uri: str
    pushed_request: PushedRequest
    token_request: TokenRequest
    channel: ProviderChannel

    def findings(self, known: Metadata) -> Iterator[Finding]:
        yield self._asked(known)
        yield self._proved(known)

    def _asked(self, known: Metadata) -> Finding:
        try:
            if is_pushed(self.connection, known):
                self._push(known)
                return Finding(REDIRECT_URI, text="accepted in a pushed request")
            return self._answered(known, self._sent(known))
        except SsoError as error:
            if error.code is ReasonCode.ANSWER_TOO_LARGE:
                return Finding(REDIRECT_URI, text="tested by the first login")
            return stopped(REDIRECT_URI, error)

    def _push(self, known: Metadata) -> None:
        self.pushed_request.push(
            self.connection, self._attempt, parameters=self._parameters(known), metadata=known, log=_NoLog(),
            channel=self.channel,
        )  # fmt: skip

    def _sent(self, known: Metadata) -> Answer:
        url = with_parameters(known.authorization_endpoint, self._parameters(known))
        request = OutboundRequest(method="GET", url=url, headers={"Accept": "text/html"})
        return self.channel.send(request, endpoint="authorization")

    def _answered(self, known: Metadata, answer: Answer) -> Finding:
        """A provider must not redirect before client and redirect URI are known to be right (RFC 6749, 4.1.2.1)."""
        target = answer.headers.get("location", "")
        if answer.status in _REDIRECTS and target.partition("?")[0] == self.redirect_uri:
            return self._came_back(known, target)
        if answer.status in _CLIENT_ERRORS and answer.status not in _SAYS_NOTHING:
            text = f"rejected with HTTP {answer.status}: the provider does not know it, or does not know client_id"
            advice = f"Tenant admin: register exactly {self.redirect_uri} at the provider, and compare client_id."
            details = {"status": answer.status, "redirect_uri": self.redirect_uri}
            return Finding(REDIRECT_URI, Level.WRONG, text, advice, "redirect_uri_rejected", details)
        return Finding(REDIRECT_URI, text=f"not rejected (HTTP {answer.status}); tested by the first login")

    def _came_back(self, known: Metadata, target: str) -> Finding:
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        names = ("iss", "error", "error_description")
        response = AuthorizationResponse(code=query.get("code"), **{name: query.get(name) for name in names})
        try:
            code_of(self.connection.provider, response, iss_promised=lambda: known.response_iss)
        except SsoError as error:
            if error.code is ReasonCode.RESPONSE_ISSUER_MISMATCH and response.error and response.iss is None:
                return _error_without_iss()
            if error.code not in _NEEDS_A_PERSON:
                return stopped(REDIRECT_URI, error)
        return Finding(REDIRECT_URI, text="registered: the provider redirects back to it")

    def _proved(self, known: Metadata) -> Finding:
        try:
            self.token_request.redeem(
                self.connection, AuthorizationGrant(self._attempt, MADE_UP, self.redirect_uri),
                token_endpoint=known.token_endpoint, log=_NoLog(), channel=self.channel,
            )  # fmt: skip
        except SsoError as error:
            if error.code is ReasonCode.CLIENT_REFUSED or error.details.get("error") == "redirect_uri_mismatch":
                return stopped(CLIENT, error)
            if error.code is ReasonCode.GRANT_REFUSED:
                return Finding(CLIENT, text="accepted: only the made-up code was rejected")
            return stopped(CLIENT, error, level=Level.WARNING)
        return Finding(
            CLIENT,
            Level.WARNING,
            "the provider issued tokens for a made-up code",
            "Tenant IT: check the provider's configuration.",
            "tokens_for_nothing",
        )

    def _parameters(self, known: Metadata) -> tuple[tuple[str, str], ...]:
        provider = replace(self.connection.provider, response_mode="query")
        return request_parameters(
            provider,
            self._attempt,
            redirect_uri=self.redirect_uri,
            options=AuthorizationOptions(),
            prompts=known.prompts,
        )

    @property
    def _attempt(self) -> LoginAttempt:
        oidc = self.connection.provider.protocol is Protocol.OIDC
        return LoginAttempt(
            state=MADE_UP,
            nonce=MADE_UP,
            verifier=MADE_UP,
            tenant_id=TenantId(""),
            connection_id=self.connection.id,
            reference="",
            return_to="",
            started_at=0.0,
            step_up=SILENT if oidc else NOTHING_MORE,
            proof_secret=MADE_UP,
        )


def _error_without_iss() -> Finding:
    """RFC 9207, section 2, wants `iss` in errors too. Whoever forgets it there may still send it with a code."""
    return Finding(
        REDIRECT_URI,
        Level.WARNING,
        "registered, but the provider leaves iss out of error responses (RFC 9207, section 2)",
        "Tenant admin: test the connection once, to see that a successful login has iss. Until errors have it too, a "
        "login that the provider refuses stops with response_issuer_mismatch.",
        "errors_without_iss",
    )


def stopped(check: str, error: SsoError, *, level: Level = Level.WRONG) -> Finding:
    return Finding(
        check, level, summary(error.code, error.details), remedy(error.code, error.details), error.code, error.details
    )
