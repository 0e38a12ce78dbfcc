"""What somebody asks for who starts a login."""

from dataclasses import dataclass, field

from app.domain.login.login_attempt import Purpose
from app.domain.login.return_to import ACCOUNT_HOME
from app.domain.sessions.session import SignedIn
from app.ports.provider_client import AuthorizationOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRequest:
    """Where to go on to, and what to ask of the provider on the way.

    Anybody may start a login; whatever else it is for, `started_by` must be somebody who may.
    """

    return_to: str = ACCOUNT_HOME
    options: AuthorizationOptions = field(default_factory=AuthorizationOptions)
    purpose: Purpose = Purpose.LOGIN
    started_by: SignedIn | None = None
    """Of a login, who agreed to leave their session of another tenant for it."""
