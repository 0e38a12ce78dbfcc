"""Verifies the signature of a compact JWS (RFC 7515), with an algorithm that the connection allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from app.adapters.provider.documents import BadDocument, parse_object
from app.adapters.provider.keys import LONGEST_KID, KeyRing, KeySource, PublicKey
from app.adapters.provider.wording import shown
from app.domain.connections.connection import SIGNING_ALGS
from app.domain.errors import Detail, SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.error_words import ITS_HEADER_HAS, ITS_TOKEN
from app.domain.text import Text

LONGEST_TOKEN = 65_536
LONGEST_HEADER = 8_192
"""Some providers include their certificate chain (`x5c`), which we ignore."""

_JWS_PARTS = 3
_JWE_PARTS = 5
_UNUSABLE_HEADERS = ("crit", "b64")


@dataclass(frozen=True, slots=True)
class SignedToken:
    """A parsed token. Nothing in it is trusted before `verify`."""

    header: dict[str, object]
    unverified_claims: dict[str, object]
    signing_input: bytes
    signature: bytes


def take_apart(raw: str, *, endpoint: str = "token") -> SignedToken:
    """Raises SsoError: `answer_invalid`, or `algorithm_refused` for a token that is (still) encrypted."""
    parts = raw.split(".") if len(raw) <= LONGEST_TOKEN else []
    if len(parts) == _JWE_PARTS:
        raise SsoError(ReasonCode.ALGORITHM_REFUSED, endpoint=endpoint, error=Text("encrypted, but it must be signed"))
    if len(parts) != _JWS_PARTS or len(parts[0]) > LONGEST_HEADER:
        raise _unreadable(Text("not a compact JWS, or too long"), endpoint=endpoint)
    try:
        return SignedToken(
            header=parse_object(urlsafe_b64decode(parts[0].encode("ascii"))),
            unverified_claims=parse_object(urlsafe_b64decode(parts[1].encode("ascii"))),
            signing_input=f"{parts[0]}.{parts[1]}".encode("ascii"),
            signature=_signature(parts[2]),
        )
    except BadDocument as error:
        raise _unreadable(str(error), endpoint=endpoint) from None
    except ValueError:
        raise _unreadable(Text("not base64url"), endpoint=endpoint) from None


def _signature(part: str) -> bytes:
    """An undecodable signature is a bad signature, not a bad token: changing its last character can cause it."""
    try:
        return urlsafe_b64decode(part.encode("ascii"))
    except ValueError:
        return b""


def check_type(header: dict[str, object], *, allowed: Sequence[str] = ("jwt", "jose", "application/jwt")) -> None:
    """A token of another type is refused, whoever signed it (RFC 8725, section 3.11)."""
    kind = header.get("typ")
    if kind is not None and not (isinstance(kind, str) and kind.lower() in allowed):
        raise SsoError(ReasonCode.TOKEN_TYPE_REFUSED, expected=allowed[0], received=shown(kind))
    for name in _UNUSABLE_HEADERS:
        if name in header:
            raise SsoError(ReasonCode.TOKEN_TYPE_REFUSED, error=Text(ITS_HEADER_HAS, name=name))


def verify(token: SignedToken, *, allowed: Sequence[str], client_secret: Callable[[], bytes], keys: KeySource) -> str:
    """The algorithm of a valid signature. `client_secret` is called only for HS*, `keys` only for the others."""
    alg = token.header.get("alg")
    if not isinstance(alg, str) or alg not in allowed or alg not in SIGNING_ALGS:
        raise SsoError(ReasonCode.ALGORITHM_REFUSED, expected=list(allowed), received=shown(alg))
    if alg.startswith("HS"):
        _verify_by_secret(token, alg, client_secret())
    else:
        _verify_by_key(token, alg, keys)
    return alg


def _verify_by_secret(token: SignedToken, alg: str, secret: bytes) -> None:
    if not secret:
        raise SsoError(ReasonCode.ALGORITHM_REFUSED, received=alg, error=Text("the connection has no client secret"))
    # Not `import_key`, which warns about short secrets: the provider chooses their length.
    if not JWSRegistry.algorithms[alg].verify(token.signing_input, token.signature, OctKey(secret, secret)):
        raise SsoError(ReasonCode.SIGNATURE_INVALID, alg=alg)


def _verify_by_key(token: SignedToken, alg: str, keys: KeySource) -> None:
    kid = token.header.get("kid")
    if kid is not None and not (isinstance(kid, str) and len(kid) <= LONGEST_KID):
        raise SsoError(ReasonCode.KEY_UNKNOWN, alg=alg, error=Text("its `kid` is not a short string"))
    ring = keys.current()
    failure = _try(token, alg, kid, ring)
    if failure is None:
        return
    newer = _newer(keys, failure=failure)
    if newer is not None:
        failure = _try(token, alg, kid, newer)
        if failure is None:
            keys.helped()
    if failure is not None:
        wait_s = keys.next_look_s()
        later: dict[str, Detail] = {"retry_after_s": wait_s} if wait_s else {}
        raise SsoError(failure, alg=alg, kid=shown(kid), **later)


def _newer(keys: KeySource, *, failure: ReasonCode) -> KeyRing | None:
    try:
        return keys.newer()
    except SsoError:
        # A known key that does not match is a bad signature, whether or not keys can be fetched again.
        if failure is ReasonCode.SIGNATURE_INVALID:
            return None
        raise


def _try(token: SignedToken, alg: str, kid: str | None, ring: KeyRing) -> ReasonCode | None:
    model = "Ed25519" if alg == "EdDSA" else alg
    candidates = ring.candidates(model, kid)
    if not candidates:
        return ReasonCode.KEY_UNKNOWN
    if any(_signed_by(token, model, key) for key in candidates):
        return None
    return ReasonCode.SIGNATURE_INVALID


def _signed_by(token: SignedToken, alg: str, key: PublicKey) -> bool:
    try:
        return JWSRegistry.algorithms[alg].verify(token.signing_input, token.signature, key)
    except (JoseError, ValueError, TypeError, OverflowError):
        return False


def _unreadable(problem: str, *, endpoint: str) -> SsoError:
    return SsoError(ReasonCode.ANSWER_INVALID, endpoint=endpoint, error=Text(ITS_TOKEN, problem=problem))
