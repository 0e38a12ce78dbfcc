"""The keys that the bridge signs with as an OpenID provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.connections.connection import Sealed


class SigningAlg(StrEnum):
    """RS256 for tokens, because every client can verify it; ES256 for what is signed with every request."""

    RS256 = "RS256"
    ES256 = "ES256"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Published from `made_at`, signs from `signs_from`, and is verified with until `expires_at` (None: in use)."""

    kid: str
    algorithm: SigningAlg
    public: Mapping[str, str]
    private: Sealed
    made_at: float
    signs_from: float
    expires_at: float | None = None
