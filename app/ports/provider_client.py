"""The code that speaks one protocol with a tenant's provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import Connection
from app.domain.connections.finding import Finding
from app.domain.login.login_attempt import LoginAttempt
from app.domain.tenants.step_up import NOTHING_MORE, StepUp


@dataclass(frozen=True, slots=True)
class AuthorizationOptions:
    """What one request may ask of the provider."""

    login_hint: str | None = None
    step_up: StepUp = NOTHING_MORE
    """Beyond what the connection asks for at every login."""


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """What the browser brought back, as it came (RFC 6749, section 4.1.2; RFC 9207). Nothing in it is believed yet."""

    state: str | None = None
    code: str | None = None
    iss: str | None = None
    error: str | None = None
    error_description: str | None = None


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """What a verified logout token says: `sid`, `subject` or both (Back-Channel Logout 1.0, section 2.4)."""

    issuer: str
    subject: str | None
    sid: str | None
    jti: str
    expires_at: float


class StepLog(Protocol):
    """Where a provider client notes what it did: each request and each check becomes a step of the trace."""

    def begin(self, step: str) -> None:
        """From here on time and failure belong to `step`; the one before went well."""

    def note(self, text: str) -> None:
        """A few words about the present step. Never a secret."""


class ProviderClient(Protocol):
    """Stops by raising SsoError with the reason. Calls nothing further once a check has failed."""

    def authorization_url(
        self,
        connection: Connection,
        attempt: LoginAttempt,
        *,
        redirect_uri: str,
        options: AuthorizationOptions,
        log: StepLog,
        deadline: float,
    ) -> str:
        """Where to send the browser, asking for the attempt's `step_up`.

        Fetches the provider's metadata where it is not known. Step: `par`, where the request is pushed (RFC 9126).
        """

    def check_response(self, connection: Connection, response: AuthorizationResponse, *, deadline: float) -> str:
        """The code, after the checks that need no secret of the attempt: `iss` (RFC 9207), then `error`."""

    def identify(
        self,
        connection: Connection,
        attempt: LoginAttempt,
        *,
        code: str,
        redirect_uri: str,
        log: StepLog,
        deadline: float,
    ) -> ExternalIdentity:
        """Exchange the code, verify the id_token, ask userinfo where it is needed.

        `deadline` (monotonic seconds) holds for all of it. Steps: `token`, `id_token`, `userinfo`.
        """

    def verify_logout_token(self, connection: Connection, raw: str, *, deadline: float) -> LogoutNotice:
        """Whom the provider has signed out. Keys are fetched where they are not known."""

    def inspect(self, connection: Connection, *, deadline: float, redirect_uri: str | None = None) -> Sequence[Finding]:
        """A check-up of the provider, asked anew. What is wrong with it is a finding, not an error.

        With a `redirect_uri` a login is rehearsed, and the provider sees the client's proof: never with settings that
        are not saved, which might lead a stored secret to another host.
        """
