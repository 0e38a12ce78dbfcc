"""An authorization request that a client has pushed beforehand (RFC 9126)."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.oauth2.authorization import TokenHash, token_hash
from app.domain.oauth2.client import ClientId

REQUEST_URI = "urn:ietf:params:oauth:request_uri:"
PUSHED_S = 60


@dataclass(frozen=True, slots=True)
class PushedRequest:
    """Found by the hash of its `request_uri`, and taken once."""

    id: TokenHash
    client_id: ClientId
    parameters: Mapping[str, str]
    expires_at: float


def pushed_id(request_uri: str) -> TokenHash | None:
    """None for a `request_uri` that is not ours."""
    return token_hash(request_uri) if request_uri.startswith(REQUEST_URI) else None
