"""What is kept between the redirect and the callback: sealed into a cookie, so that starting a login writes nothing."""

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
"""How long they may take to choose an account."""


class Purpose(StrEnum):
    """What an attempt is for. Only a login asks the login policy and opens a session (docs/rules.md, rule 4)."""

    LOGIN = "login"
    TEST = "test"
    """A tenant's admin tests the connection, whatever the tenant's policy."""
    PROVE = "prove"
    """Someone signed in with a password checks whether the provider leads to the same account."""
    REAUTH = "reauth"
    """Someone signed in by SSO authenticates again: the same session continues under a new id."""


def attempt_id(state: str) -> AttemptId:
    """The id by which the attempt is consumed and its cookie named; the state itself is never stored."""
    return AttemptId(hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One trip to the provider and back. Times in Unix seconds."""

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
    """What the provider was asked for and must show in its answer."""
    purpose: Purpose = Purpose.LOGIN
    session: SessionId | None = None
    """Where this is not a login, the session that started it: it must still be live, in the same browser, at the end.

    For a login, the other tenant's session that the person agreed to leave.
    """
    draft: str = ""
    """The version of the connection's draft that is tested; empty if the connection itself is used."""
    proof_secret: str = ""
    """The key that the access token is bound to is derived from it (RFC 9449); empty without DPoP."""

    @property
    def id(self) -> AttemptId:
        return attempt_id(self.state)

    @property
    def expires_at(self) -> float:
        return self.started_at + LIFETIME_S
