"""Reads and verifies the assertions that clients sign (RFC 7523). Keys come from the client's registration alone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

ALGORITHMS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
"""And the type of key that each needs; never `none`, never a symmetric one. The last is a newer name of the one
before (RFC 9864)."""
TYPES = ("jwt", "client-authentication+jwt")
"""Other types are other tokens (RFC 8725, section 3.11). The second is that of the update of RFC 7523."""
LONGEST = 8_192
MOST_KEYS = 16
SMALLEST_RSA_BITS = 2048
LARGEST_RSA_BITS = 8192
_PARTS = 3
_PUBLIC_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_CURVES = {"RSA": None, "EC": "P-256", "OKP": "Ed25519"}
_CLASSES: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


@dataclass(frozen=True, slots=True)
class _Assertion:
    """Taken apart; nothing in it has been verified."""

    header: Mapping[str, object]
    claims: Mapping[str, object]
    signing_input: bytes
    signature: bytes


class SignedAssertions:
    """The port `ClientAssertions`."""

    def unverified_subject(self, assertion: str) -> str | None:
        parsed = _take_apart(assertion)
        subject = parsed.claims.get("sub") if parsed else None
        return subject if isinstance(subject, str) else None

    def claims(self, assertion: str, jwks: Mapping[str, Any]) -> Mapping[str, object] | None:
        parsed = _take_apart(assertion)
        if parsed is None or not _acceptable(parsed.header):
            return None
        algorithm, kid = str(parsed.header["alg"]), parsed.header.get("kid")
        signed = any(_signed_by(parsed, algorithm, key) for key in _candidates(jwks, algorithm, kid))
        return parsed.claims if signed else None


def _take_apart(assertion: str) -> _Assertion | None:
    parts = assertion.split(".") if len(assertion) <= LONGEST else []
    if len(parts) != _PARTS:
        return None
    try:
        header, claims, signature = (urlsafe_b64decode(part.encode("ascii")) for part in parts)
        return _Assertion(_object(header), _object(claims), f"{parts[0]}.{parts[1]}".encode("ascii"), signature)
    except (ValueError, RecursionError):
        return None


def _object(raw: bytes) -> Mapping[str, object]:
    """A JSON object in which no member stands twice. Raises ValueError."""
    document = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    if not isinstance(document, dict):
        raise ValueError("not an object")  # noqa: TRY004 - what its caller catches
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _acceptable(header: Mapping[str, object]) -> bool:
    """`crit` and `b64` would change what is signed; keys in the header are ignored (ASVS 9.1.3)."""
    kind = header.get("typ", "jwt")
    typed = isinstance(kind, str) and kind.lower() in TYPES
    algorithm = header.get("alg")
    known = isinstance(algorithm, str) and algorithm in ALGORITHMS
    return typed and known and "crit" not in header and "b64" not in header


def _candidates(jwks: Mapping[str, Any], algorithm: str, kid: object) -> Iterator[RSAKey | ECKey | OKPKey]:
    listed = jwks.get("keys")
    for entry in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        if isinstance(entry, dict) and _fits(entry, algorithm, kid) and (key := _public_key(entry)) is not None:
            yield key


def _fits(entry: Mapping[str, object], algorithm: str, kid: object) -> bool:
    """A key with an `alg` of its own signs with nothing else."""
    kind = ALGORITHMS[algorithm]
    return (
        entry.get("kty") == kind
        and (kind == "OKP" or entry.get("alg", algorithm) == algorithm)
        and entry.get("use", "sig") == "sig"
        and _CURVES[kind] in (None, entry.get("crv"))
        and (kid is None or entry.get("kid", kid) == kid)
    )


def _public_key(entry: Mapping[str, Any]) -> RSAKey | ECKey | OKPKey | None:
    kind = str(entry["kty"])
    try:
        key = _CLASSES[kind].import_key({"kty": kind} | {name: entry[name] for name in _PUBLIC_MEMBERS[kind]})
    except (JoseError, ValueError, TypeError, KeyError, OverflowError, UnsupportedAlgorithm):
        return None
    if isinstance(key, RSAKey) and not SMALLEST_RSA_BITS <= key.raw_value.key_size <= LARGEST_RSA_BITS:
        return None
    return key


def _signed_by(parsed: _Assertion, algorithm: str, key: RSAKey | ECKey | OKPKey) -> bool:
    model = JWSRegistry.algorithms["Ed25519" if algorithm == "EdDSA" else algorithm]
    try:
        return bool(model.verify(parsed.signing_input, parsed.signature, key))
    except (JoseError, ValueError, TypeError, OverflowError):
        return False
