"""How a person appears at a provider: (connection, issuer, subject)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NewType

from app.domain.accounts.account import AccountId
from app.domain.connections.connection import ConnectionId
from app.domain.errors import Detail
from app.domain.tenants.tenant import TenantId

IdentityId = NewType("IdentityId", str)


@dataclass(frozen=True, slots=True)
class EmailClaim:
    """What one document said about the email; `verified` comes from that same document, or is None."""

    value: object
    verified: object


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """What the provider asserted in one login, after every protocol check. Values are not normalised yet."""

    issuer: str
    subject: str
    email: EmailClaim | None = None
    match_claim: object = None
    """The value at `match_claim`, where accounts are matched by username or external id."""
    sid: str | None = None
    id_token: str | None = None
    """As received; sealed at rest and used as `id_token_hint` only."""
    auth_time: float | None = None
    amr: tuple[str, ...] = ()
    acr: str | None = None
    session_expiry: float | None = None
    """When the provider wants the session here to end."""
    end_session_endpoint: str | None = None
    claims: Mapping[str, str] = field(default_factory=dict)
    """Names of the claims received, each with the document that carried it (`id_token`, `userinfo`)."""
    distributed: tuple[str, ...] = ()
    """Names of claims that the provider keeps elsewhere (OpenID Connect Core, section 5.6.2). We never fetch them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A known person at a connection, with the value that accounts were last matched by."""

    id: IdentityId
    tenant_id: TenantId
    connection_id: ConnectionId
    issuer: str
    subject: str
    match_value: str
    linked: tuple[AccountId, ...] = ()
    """The accounts that this identity has opened, most recent first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored about a subject of a provider when a login of theirs comes back."""

    identity: Identity | None
    """None at the first login."""
    was_held: bool
    """A login of this subject has been held in the tenant, on any connection; it may have been decided since."""
    signed_out: bool
    """The provider has signed this subject, or this session of theirs, out since the login began."""


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """An identity that opens one account, since when, and when it last did."""

    identity: Identity
    linked_at: float
    last_used_at: float


def kept_elsewhere(path: str, distributed: Sequence[str]) -> dict[str, Detail]:
    """The trace detail that explains a missing claim where the provider only points to it."""
    return next(({"distributed": name} for name in distributed if path == name or path.startswith(f"{name}.")), {})
