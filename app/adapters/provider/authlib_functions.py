"""The functions of Authlib that we use, with type hints, which it lacks."""

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.util import create_half_hash


def s256_challenge(verifier: str) -> str:
    """The code challenge of a verifier (RFC 7636, section 4.2)."""
    challenge: str = create_s256_code_challenge(verifier)
    return challenge


def half_hash(text: str, alg: str) -> str | None:
    """The expected `at_hash` (OpenID Connect Core, section 3.1.3.6); None for an algorithm without a known hash."""
    digest: bytes | None = create_half_hash(text, "EdDSA" if alg == "Ed25519" else alg)
    return None if digest is None else digest.decode("ascii")
