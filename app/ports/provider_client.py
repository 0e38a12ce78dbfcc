"""The client that speaks one protocol with a tenant's provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.accounts.identity import ExternalIdentity
from app.domain.connections.connection import Connection
from app.domain.connections.finding import Finding
from app.domain.login.login_attempt import LoginAttempt
from app.domain.login.received_claims import ReceivedClaims
from app.domain.tenants.step_up import NOTHING_MORE, StepUp


@dataclass(frozen=True, slots=True)
class AuthorizationOptions:
    """What one authorization request may ask of the provider."""

    login_hint: str | None = None
    ui_locales: str = ""
    """Languages for its pages, the preferred one first; sent if it says that it supports one of them."""
    step_up: StepUp = NOTHING_MORE
    """In addition to what the connection requires at every login."""


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """What the browser brought back, unchanged (RFC 6749, section 4.1.2; RFC 9207). Nothing here is verified yet."""

    state: str | None = None
    code: str | None = None
    iss: str | None = None
    error: str | None = None
    error_description: str | None = None


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """The content of a verified logout token: `sid`, `subject` or both (Back-Channel Logout 1.0, section 2.4)."""

    issuer: str
    subject: str | None
    sid: str | None
    jti: str
    expires_at: float


class StepLog(Protocol):
    """Records what a provider client does: each request and each check becomes a step of the trace."""

    def begin(self, step: str) -> None:
        """From now on, time and failure count towards `step`; the step before succeeded."""

    def note(self, text: str) -> None:
        """A few words about the present step. Never a secret."""

    def received(self, claims: ReceivedClaims) -> None:
        """In a test only: what the provider has sent so far. Shown to the tester, and never recorded."""


class ProviderClient(Protocol):
    """Raises SsoError with the reason, and calls nothing further once a check has failed."""

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
        """The URL to send the browser to, asking for the attempt's `step_up`.

        Fetches the provider's metadata if it is not cached. Step: `par`, if the request is pushed (RFC 9126).
        """

    def check_response(self, connection: Connection, response: AuthorizationResponse, *, deadline: float) -> str:
        """The code, after the checks that need no secret from the attempt: `iss` (RFC 9207), then `error`."""

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
        """Exchange the code, verify the id_token and, if needed, call userinfo.

        `deadline` (monotonic seconds) covers all of it. Steps: `token`, `id_token`, `userinfo`.
        """

    def verify_logout_token(self, connection: Connection, raw: str, *, deadline: float) -> LogoutNotice:
        """Whose sessions the provider has ended. Fetches keys that are not cached."""

    def inspect(self, connection: Connection, *, deadline: float, redirect_uri: str | None = None) -> Sequence[Finding]:
        """A check of the provider with fresh requests. Problems are findings, not errors.

        With a `redirect_uri` a login is rehearsed, and the provider sees the client's credentials: never do this with
        unsaved settings, which might send a stored secret to another host.
        """
