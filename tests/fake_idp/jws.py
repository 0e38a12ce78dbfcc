"""Compact signatures (RFC 7515), put together by hand: a provider that lies must be able to write anything."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

Json = dict[str, Any]


def base64url(raw: bytes) -> str:
    """Base64 for URLs without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def signing_input(header: object, payload: object) -> bytes:
    """What is signed. Bytes are taken as they are, anything else as JSON."""
    return ".".join(base64url(_raw(part)) for part in (header, payload)).encode()


def compact(header: object, payload: object, signature: bytes) -> str:
    return f"{signing_input(header, payload).decode()}.{base64url(signature)}"


def signed(header: object, payload: object, *, key: Key, alg: str) -> str:
    """Signed with `alg`, whatever the header says."""
    signature = JWSRegistry.algorithms[alg].sign(signing_input(header, payload), key)
    return compact(header, payload, signature)


def read(token: str) -> tuple[Json, Json]:
    """Header and claims, not verified. Raises ValueError for what is no compact JWT."""
    header, payload, _ = token.split(".")
    return _object(header), _object(payload)


def verified(token: str, *, key: Key, algs: frozenset[str]) -> Json:
    """The claims of a token whose signature holds. Raises ValueError otherwise."""
    header, claims = read(token)
    alg = header.get("alg")
    if alg not in algs:
        raise ValueError(f"alg {alg!r} is not one of {sorted(algs)}")
    body, _, signature = token.rpartition(".")
    if not JWSRegistry.algorithms[alg].verify(body.encode(), _decoded(signature), key):
        raise ValueError("the signature is wrong")
    return claims


def half_hash(value: str, alg: str) -> str:
    """`at_hash` of an access token (OpenID Connect Core, section 3.1.3.6); EdDSA on Ed25519 hashes by SHA-512."""
    name = "sha512" if alg == "EdDSA" else f"sha{alg[2:]}"
    raw = hashlib.new(name, value.encode()).digest()
    return base64url(raw[: len(raw) // 2])


def _raw(part: object) -> bytes:
    return part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _object(part: str) -> Json:
    value = json.loads(_decoded(part))
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a value of the wire, not an argument
    return value
