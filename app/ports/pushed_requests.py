"""Storage for pushed authorization requests (RFC 9126)."""

from typing import Protocol

from app.domain.oauth2.authorization import TokenHash
from app.domain.oauth2.pushed_request import PushedRequest


class PushedRequests(Protocol):
    """Each is taken once."""

    def add(self, request: PushedRequest) -> None: ...
    def take(self, request_id: TokenHash) -> PushedRequest | None:
        """Remove it and return it, also an expired one. None the second time, even in a race."""
