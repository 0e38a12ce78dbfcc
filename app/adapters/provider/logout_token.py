"""Verifies a logout token: OpenID Connect Back-Channel Logout 1.0, section 2.6."""

from collections.abc import Callable

from app.adapters.provider.claim_path import at_path
from app.adapters.provider.id_token import (
    OLDEST_S,
    Expected,
    check_audience,
    check_issuer,
    check_times,
    numeric_date,
    subject_text,
)
from app.adapters.provider.keys import KeySource
from app.adapters.provider.person import short_text
from app.adapters.provider.signature import check_type, take_apart, verify
from app.adapters.provider.wording import names, shown
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text
from app.ports.provider_client import LogoutNotice

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = ("logout+jwt", "application/logout+jwt", "jwt")
"""Section 2.4 recommends the first; before 2022 providers sent the last."""


def verify_logout_token(
    raw: str,
    expected: Expected,
    *,
    client_secret: Callable[[], bytes],
    keys: KeySource,
    subject_claim: str = "sub",
) -> LogoutNotice:
    """Whom to sign out. Raises SsoError with the first problem; `expected` needs no nonce.

    `subject_claim` is the claim of the connection's subjects: unless it is `sub`, a token's `sub` is of no use here.
    """
    token = take_apart(raw)
    check_type(token.header, allowed=TYPES)
    claims = token.unverified_claims
    check_issuer(claims, expected)
    check_audience(claims, expected)
    verify(token, allowed=expected.signing_algs, client_secret=client_secret, keys=keys)
    check_times(claims, expected)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise SsoError(ReasonCode.CLAIM_INVALID, claim="events", expected=EVENT, received=shown(events))
    # An id_token has a nonce: no token may be used as both.
    if "nonce" in claims:
        raise SsoError(ReasonCode.TOKEN_TYPE_REFUSED, error=Text("a logout token with a nonce"))
    jti, sid = short_text(claims.get("jti")), short_text(claims.get("sid"))
    subject = subject_text(at_path(claims, subject_claim))
    if not jti:
        raise SsoError(ReasonCode.CLAIM_MISSING, claim="jti", claims=names(claims))
    if not sid and not subject:
        raise SsoError(ReasonCode.CLAIM_MISSING, claim="sid", claims=names(claims))
    # Whatever lifetime it claims: a day after its `iat` it is no longer accepted.
    expires_at = min(numeric_date(claims["exp"]) or expected.now, expected.now + OLDEST_S)
    return LogoutNotice(issuer=expected.issuer, subject=subject, sid=sid, jti=jti, expires_at=expires_at)
