"""Decrypts a compact JWE (RFC 7516) with a connection's keys.

Decryption proves nothing about the content: what must be signed has to be signed inside.
"""

from collections.abc import Callable, Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry, decrypt_compact
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from app.adapters.provider.documents import BadDocument, parse_object
from app.adapters.provider.keys import LONGEST_KID
from app.adapters.provider.signature import LONGEST_HEADER, LONGEST_TOKEN
from app.adapters.provider.wording import shown
from app.domain.connections.connection_key import ALGS as KEY_ALGS
from app.domain.connections.connection_key import KeyType, KeyUse, entry_kid
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import ITS_HEADER_HAS
from app.domain.text import Text
from app.ports.connection_keys import PrivateKey

ALGS = {alg: kind for (use, kind), algs in KEY_ALGS.items() if use is KeyUse.ENCRYPTION for alg in algs}
"""Key management algorithms, with the kind of our key for each; a connection accepts some of them."""

ENCS = ("A128GCM", "A256GCM", "A128CBC-HS256")

OwnKey = RSAKey | ECKey

_PARTS = 5
_NEVER = ("zip", "crit", "b64")
"""Compression (a few bytes become gigabytes), and extensions that would have to be understood but are not."""


class _Registry(JWERegistry):
    max_protected_header_length = LONGEST_HEADER
    max_ciphertext_length = LONGEST_TOKEN


# Unknown headers are no reason to refuse: nothing is read from them.
_REGISTRY = _Registry(algorithms=[*ALGS, *ENCS], strict_check_header=False)


def is_encrypted(raw: str) -> bool:
    """Whether this has the parts of a compact JWE."""
    return raw.count(".") == _PARTS - 1


def imported(jwk: bytes) -> OwnKey:
    """From a JWK that we generated."""
    # Without `alg`, which would bind the key to one algorithm, although it serves several.
    members = {name: value for name, value in parse_object(jwk).items() if name != "alg"}
    kind: type[OwnKey] = RSAKey if members["kty"] == "RSA" else ECKey
    return kind.import_key(members)  # type: ignore[arg-type]  # its values are strings


def decrypt(
    raw: str,
    keys: Callable[[], Sequence[PrivateKey]],
    *,
    allowed: Sequence[str],
    endpoint: str,
    read: Callable[[PrivateKey], OwnKey],
) -> bytes:
    """The plaintext. Raises SsoError; `keys` is called, and keys are parsed, only if they might fit."""
    if len(raw) > LONGEST_TOKEN or not raw.isascii():
        raise _unreadable(endpoint, Text("not a compact JWE, or too long"))
    header = _header(raw.partition(".")[0], endpoint=endpoint)
    key_type = _accepted(header, allowed=allowed, endpoint=endpoint)
    for key in _candidates(header, key_type, keys(), endpoint=endpoint):
        plain = _open(raw, key, read)
        if plain is not None:
            return plain
    raise _unreadable(endpoint, Text("encrypted for a key that the connection does not have, or corrupted"))


def _header(part: str, *, endpoint: str) -> dict[str, object]:
    if len(part) > LONGEST_HEADER:
        raise _unreadable(endpoint, Text("not a compact JWE, or too long"))
    try:
        return parse_object(urlsafe_b64decode(part.encode("ascii")))
    except BadDocument as error:
        raise _unreadable(endpoint, str(error)) from None
    except ValueError:
        raise _unreadable(endpoint, Text("not base64url")) from None


def _accepted(header: dict[str, object], *, allowed: Sequence[str], endpoint: str) -> KeyType:
    """The kind of key it needs, if the connection accepts its algorithms."""
    alg, enc = header.get("alg"), header.get("enc")
    if not isinstance(alg, str) or alg not in allowed or alg not in ALGS:
        raise SsoError(ReasonCode.ALGORITHM_REFUSED, endpoint=endpoint, encryption=shown(alg), expected=[*allowed])
    if enc not in ENCS:
        raise SsoError(ReasonCode.ALGORITHM_REFUSED, endpoint=endpoint, encryption=shown(enc), expected=[*ENCS])
    for name in _NEVER:
        if name in header:
            raise SsoError(ReasonCode.TOKEN_TYPE_REFUSED, endpoint=endpoint, error=Text(ITS_HEADER_HAS, name=name))
    return ALGS[alg]


def _candidates(
    header: dict[str, object], key_type: KeyType, keys: Sequence[PrivateKey], *, endpoint: str
) -> list[PrivateKey]:
    fitting = [key for key in keys if key.key_type is key_type]
    kid = header.get("kid")
    if kid is None:
        return fitting
    # By any of the key's ids: a provider may choose the entry by key type and use it with another algorithm.
    named = [key for key in fitting if any(entry_kid(key.kid, alg) == kid for alg in ALGS)]
    if not named:
        wanted = shown(kid) if isinstance(kid, str) and len(kid) <= LONGEST_KID else "not a short string"
        problem = Text("encrypted for a key that the connection does not have, or no longer")
        raise SsoError(ReasonCode.ANSWER_INVALID, endpoint=endpoint, kid=wanted, error=problem)
    return named


def _open(raw: str, key: PrivateKey, read: Callable[[PrivateKey], OwnKey]) -> bytes | None:
    """The same error for every failure: an attacker must not learn which step failed."""
    try:
        return decrypt_compact(raw, read(key), registry=_REGISTRY).plaintext
    except (JoseError, ValueError, TypeError, LookupError, ArithmeticError, AssertionError, UnsupportedAlgorithm):
        return None


def _unreadable(endpoint: str, problem: str) -> SsoError:
    return SsoError(ReasonCode.ANSWER_INVALID, endpoint=endpoint, error=problem)
