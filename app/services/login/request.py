"""What someone asks for when starting a login."""

from dataclasses import dataclass, field

from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.sessions.session import SignedIn
from app.ports.provider_client import AuthorizationOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequest:
    """Where to go afterwards, and what to ask of the provider.

    Anyone may start a login; for any other purpose `started_by` must be a person who is allowed to.
    """

    return_to: str = ACCOUNT_HOME
    options: AuthorizationOptions = field(default_factory=AuthorizationOptions)
    purpose: Purpose = Purpose.LOGIN
    started_by: SignedIn | None = None
    """For a login, the session of another tenant that its person agreed to leave."""
