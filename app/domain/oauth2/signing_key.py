"""The keys that the bridge signs with as an OpenID provider."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.connections.connection import Sealed
from app.domain.oauth2.authorization import ACCESS_TOKEN_S
from app.domain.oauth2.signing_alg import SigningAlg

CACHEABLE_S = 300
"""How long apps and proxies may cache the key set."""

PUBLISHED_BEFORE_S = 2 * CACHEABLE_S
"""How long a new key is published before it signs: by then every cache has been filled again."""

FOLLOWED_WITHIN_S = 2
"""By then every worker signs with the key that the database names."""

VERIFIED_AFTER_S = ACCESS_TOKEN_S + CACHEABLE_S
"""How long a replaced key is still verified with: no token lives longer than an access token; the rest allows for
apps whose clocks differ."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Published from `made_at`, signs from `signs_from`, and is verified with until `expires_at` (None: in use)."""

    kid: str
    """Its thumbprint (RFC 7638)."""
    algorithm: SigningAlg
    generation: int
    """Starts at 1 and grows by one with each rotation."""
    public: Mapping[str, str]
    private: Sealed
    made_at: float
    signs_from: float
    expires_at: float | None = None

    def good(self, now: float) -> bool:
        return self.expires_at is None or now < self.expires_at


def published(keys: Iterable[SigningKey], *, now: float) -> list[Mapping[str, str]]:
    """The entries of the key set (RFC 7517, section 5), including keys that do not sign yet, or no longer."""
    return [key.public for key in keys if key.good(now)]


def signer(keys: Sequence[SigningKey], algorithm: SigningAlg, *, now: float) -> SigningKey | None:
    """The newest key whose time to sign has come, else the oldest. `keys` come newest first."""
    able = [key for key in keys if key.algorithm is algorithm and key.good(now)]
    begun = [key for key in able if key.signs_from <= now]
    return next(iter(begun or able[::-1]), None)
