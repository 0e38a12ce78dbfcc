"""Proof Key for Code Exchange (RFC 7636), by S256 only."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""Section 4.1."""


def verifies(verifier: str | None, challenge: str) -> bool:
    """Whether the challenge was made from this verifier. A verifier of another form is none."""
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        return False
    return hmac.compare_digest(challenge_of(verifier), challenge)


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
