"""Reading the signed assertions that clients authenticate with."""

from collections.abc import Mapping
from typing import Any, Protocol


class ClientAssertions(Protocol):
    """JWTs signed by a client's own key (RFC 7523, section 2.2)."""

    def unverified_subject(self, assertion: str) -> str | None:
        """Whose assertion it claims to be, to find that client's keys; None if it cannot be read."""

    def claims(self, assertion: str, jwks: Mapping[str, Any]) -> Mapping[str, object] | None:
        """Its claims, if one of these keys has signed it with an algorithm that we accept; else None.

        Only the signature and the header are checked.
        """
