"""What someone asks for when starting a login."""

from dataclasses import dataclass, field

from app.domain.connections.draft import Draft
from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.sessions.session import SessionId, SignedIn
from app.ports.provider_client import AuthorizationOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequest:
    """Where to go afterwards, and what to ask of the provider.

    Anyone may start a login; for any other purpose `started_by` must be a person who is allowed to.
    """

    return_to: str = ACCOUNT_HOME
    options: AuthorizationOptions = field(default_factory=AuthorizationOptions)
    purpose: Purpose = Purpose.LOGIN
    draft: Draft | None = None
    """For a test: the draft to test in place of the connection. Whoever begins it decides who may."""
    starter: SessionId | None = None
    """Of the test of a draft: what identifies this browser at the end, `session_id` of one of its cookies.

    Not a person: whoever has a set-up link has no account.
    """
    started_by: SignedIn | None = None
    """For a login, the session of another tenant that its person agreed to leave."""

    def __post_init__(self) -> None:
        if self.draft is not None and (self.purpose is not Purpose.TEST or self.starter is None):
            raise ValueError("a draft serves tests only, each bound to a browser")
