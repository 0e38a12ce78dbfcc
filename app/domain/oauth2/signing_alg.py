"""What tokens may be signed with (RFC 7518, section 3.1)."""

from enum import StrEnum


class SigningAlg(StrEnum):
    """RS256, because every client can verify it; ES256, which takes a tenth of the time to sign."""

    RS256 = "RS256"
    ES256 = "ES256"
