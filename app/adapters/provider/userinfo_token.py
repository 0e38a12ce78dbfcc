"""A userinfo response that is a token: signed, encrypted, or both (OpenID Connect Core, section 5.3.2)."""

from collections.abc import Callable, Mapping

from app.adapters.provider.documents import BadDocument, parse_object
from app.adapters.provider.encryption import is_encrypted
from app.adapters.provider.id_token import LEEWAY_S, Expected, check_audience, check_issuer, numeric_date
from app.adapters.provider.keys import KeySource
from app.adapters.provider.signature import check_type, take_apart, verify
from app.adapters.provider.wording import shown
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text

ENDPOINT = "userinfo"


def userinfo_claims(
    body: bytes,
    expected: Expected,
    *,
    decrypt: Callable[[str], bytes],
    client_secret: Callable[[], bytes],
    keys: KeySource,
) -> dict[str, object]:
    """The claims. Raises SsoError. An encrypted token may be unsigned inside: it came from the endpoint itself."""
    raw = body
    if is_encrypted(_text(body)):
        raw = decrypt(_text(body)).strip()
        if raw.startswith(b"{"):
            return _object(raw)
    token = take_apart(_text(raw), endpoint=ENDPOINT)
    check_type(token.header)
    claims = token.unverified_claims
    # A connection without an issuer has nothing to compare with.
    if expected.issuer and claims.get("iss") is not None:
        check_issuer(claims, expected)
    if claims.get("aud") is not None:
        check_audience(claims, expected)
    verify(token, allowed=expected.signing_algs, client_secret=client_secret, keys=keys)
    _check_times(claims, expected)
    return claims


def _text(raw: bytes) -> str:
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise SsoError(ReasonCode.ANSWER_INVALID, endpoint=ENDPOINT, error=Text("not a token")) from None


def _object(raw: bytes) -> dict[str, object]:
    try:
        return parse_object(raw)
    except BadDocument as error:
        raise SsoError(ReasonCode.ANSWER_INVALID, endpoint=ENDPOINT, error=str(error)) from None


def _check_times(claims: Mapping[str, object], expected: Expected) -> None:
    """Unlike in an id_token they may be missing; if present, they apply (RFC 7519, sections 4.1.4 and 4.1.5)."""
    for claim in ("exp", "nbf"):
        value = claims.get(claim)
        if value is None:
            continue
        at = numeric_date(value)
        if at is None:
            raise SsoError(ReasonCode.CLAIM_INVALID, claim=claim, received=shown(value), error=Text("not a time"))
        if claim == "exp" and at + LEEWAY_S <= expected.now:
            raise SsoError(ReasonCode.TOKEN_EXPIRED, claim=claim, expected=round(expected.now), received=round(at))
        if claim == "nbf" and at > expected.now + LEEWAY_S:
            raise SsoError(
                ReasonCode.TOKEN_NOT_YET_VALID, claim=claim, expected=round(expected.now), received=round(at)
            )
