"""What is kept between the redirect out and the callback: sealed into a cookie, so that a start writes nothing."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from app.domain.connections.connection import ConnectionId
from app.domain.sessions.session import SessionId
from app.domain.tenants.step_up import NOTHING_MORE, StepUp
from app.domain.tenants.tenant import TenantId

AttemptId = NewType("AttemptId", str)

LIFETIME_S = 600
"""How long the person may take at the provider."""
CHOICE_S = 300
"""How long they may take to choose between their accounts."""


class Purpose(StrEnum):
    """What an attempt is for. Only a login asks the login policy and opens a session (docs/rules.md, rule 4)."""

    LOGIN = "login"
    TEST = "test"
    """A tenant's admin looks whether the connection works, whatever the tenant's policy."""
    PROVE = "prove"
    """Somebody signed in with a password looks whether the provider leads to the same account."""
    REAUTH = "reauth"
    """Somebody signed in by the provider signs in there anew: the same session goes on, under a new id."""


def attempt_id(state: str) -> AttemptId:
    """Under which id the attempt of this state is consumed, and its cookie named: the state itself is never stored."""
    return AttemptId(hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One way out and back. Times in Unix seconds."""

    state: str
    nonce: str
    verifier: str
    """The PKCE code verifier (RFC 7636, section 4.1)."""
    tenant_id: TenantId
    connection_id: ConnectionId
    reference: str
    return_to: str
    started_at: float
    step_up: StepUp = NOTHING_MORE
    """What the provider was asked for, and must show when the browser comes back."""
    purpose: Purpose = Purpose.LOGIN
    session: SessionId | None = None
    """Who started it, where it is no login: still signed in at the end, in the same browser.

    Of a login, the other tenant's session that its person agreed to leave.
    """
    proof_secret: str = ""
    """Of which the key is made that the access token is bound to (RFC 9449); empty where it is bound to none."""

    @property
    def id(self) -> AttemptId:
        return attempt_id(self.state)

    @property
    def expires_at(self) -> float:
        return self.started_at + LIFETIME_S
