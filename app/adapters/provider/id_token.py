"""Verifies an id_token: OpenID Connect Core, section 3.1.3.7, in its order, with the additions of docs/rules.md.

Authlib's own claims class accepts what docs/security.md lists, and only reports which claim was wrong; so each check
is written out here, with its own reason and the values that decided.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.adapters.provider.authlib_functions import half_hash
from app.adapters.provider.claim_path import at_path
from app.adapters.provider.keys import KeySource
from app.adapters.provider.person import distributed
from app.adapters.provider.signature import check_type, take_apart, verify
from app.adapters.provider.wording import names, shown
from app.domain.accounts.identity import kept_elsewhere
from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.domain.text import Text

LEEWAY_S = 120
OLDEST_S = 86_400
LONGEST_SUBJECT = 255
_LATEST = 1e11
"""Unix seconds beyond any calendar: a larger number is not a time."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What this login asked for. `now` in Unix seconds."""

    issuer: str
    client_id: str
    now: float
    nonce: str = field(repr=False)
    access_token: str = field(repr=False)
    signing_algs: Sequence[str] = ("RS256",)
    trusted_audiences: Sequence[str] = ()
    required_claims: Mapping[str, object] = field(default_factory=dict)
    max_age: int | None = None
    signed_in_after: float | None = None
    """If a new authentication was requested, when that was."""
    acr_values: Sequence[str] = ()


def verify_id_token(
    raw: str, expected: Expected, *, client_secret: Callable[[], bytes], keys: KeySource
) -> dict[str, object]:
    """The claims of a valid token. Raises SsoError with the first problem."""
    token = take_apart(raw)
    check_type(token.header)
    claims = token.unverified_claims
    check_issuer(claims, expected)
    check_audience(claims, expected)
    _check_authorized_party(claims, expected)
    alg = verify(token, allowed=expected.signing_algs, client_secret=client_secret, keys=keys)
    check_times(claims, expected)
    _check_nonce(claims, expected)
    _check_auth_time(claims, expected)
    _check_acr(claims, expected)
    _check_session_expiry(claims, expected)
    _check_subject(claims)
    _check_access_token_hash(claims, expected, alg=alg)
    check_required_claims(claims, expected.required_claims)
    return claims


def check_required_claims(claims: Mapping[str, object], required: Mapping[str, object]) -> None:
    """Each must be present with exactly this JSON value (`true` is not `1`)."""
    for path, value in required.items():
        received = at_path(claims, path)
        if received is None:
            elsewhere = kept_elsewhere(path, distributed(claims))
            raise SsoError(ReasonCode.CLAIM_MISSING, claim=path, claims=names(claims), **elsewhere)
        if json.dumps(received, sort_keys=True) != json.dumps(value, sort_keys=True):
            raise SsoError(ReasonCode.CLAIM_INVALID, claim=path, expected=shown(value), received=shown(received))


def numeric_date(value: object) -> float | None:
    """A NumericDate (RFC 7519, section 2) as finite seconds; None for anything else, whatever Python would compare."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LATEST < value < _LATEST:
        return None
    return float(value)


def subject_text(value: object) -> str | None:
    """A subject in our form: a string, or an integer in decimal; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and 0 < len(value) <= LONGEST_SUBJECT and value.isprintable():
        return value
    return None


def check_issuer(claims: Mapping[str, object], expected: Expected) -> None:
    received = _present(claims, "iss")
    if received != expected.issuer:
        raise SsoError(ReasonCode.ISSUER_MISMATCH, expected=expected.issuer, received=shown(received), claim="iss")


def check_audience(claims: Mapping[str, object], expected: Expected) -> None:
    received = _present(claims, "aud")
    audiences = received if isinstance(received, list) else [received]
    if not all(isinstance(audience, str) for audience in audiences):
        raise SsoError(ReasonCode.AUDIENCE_MISMATCH, expected=expected.client_id, received=shown(received))
    others = set(audiences) - {expected.client_id, *expected.trusted_audiences}
    if expected.client_id not in audiences or others:
        raise SsoError(ReasonCode.AUDIENCE_MISMATCH, expected=expected.client_id, received=shown(received))


def _check_authorized_party(claims: Mapping[str, object], expected: Expected) -> None:
    received = claims.get("azp")
    if received is not None and received != expected.client_id:
        raise SsoError(ReasonCode.AUDIENCE_MISMATCH, expected=expected.client_id, received=shown(received), claim="azp")


def check_times(claims: Mapping[str, object], expected: Expected) -> None:
    now = expected.now
    expires, issued = _time(claims, "exp"), _time(claims, "iat")
    begins = _time(claims, "nbf") if claims.get("nbf") is not None else None
    # The token has just been issued, so the difference between its `iat` and now is that of the two clocks.
    skew_s = round(issued - now)
    if expires + LEEWAY_S <= now:
        raise SsoError(
            ReasonCode.TOKEN_EXPIRED, claim="exp", expected=round(now), received=round(expires), skew_s=skew_s
        )
    for claim, at in (("iat", issued), ("nbf", begins)):
        if at is not None and at > now + LEEWAY_S:
            raise SsoError(
                ReasonCode.TOKEN_NOT_YET_VALID, claim=claim, expected=round(now), received=round(at), skew_s=skew_s
            )
    if issued < now - OLDEST_S:
        raise SsoError(
            ReasonCode.TOKEN_EXPIRED, claim="iat", expected=round(now), received=round(issued), skew_s=skew_s
        )


def _check_nonce(claims: Mapping[str, object], expected: Expected) -> None:
    received = _present(claims, "nonce")
    if not isinstance(received, str) or not hmac.compare_digest(received.encode(), expected.nonce.encode()):
        raise SsoError(ReasonCode.NONCE_MISMATCH)


def _check_auth_time(claims: Mapping[str, object], expected: Expected) -> None:
    """Section 3.1.2.1: a client that requests a fresh or new authentication must verify that it got one."""
    max_age, after, now = expected.max_age, expected.signed_in_after, expected.now
    if max_age is None and after is None:
        return
    at = _time(claims, "auth_time")
    if max_age is not None and at + max_age + LEEWAY_S < now:
        raise SsoError(ReasonCode.CLAIM_INVALID, claim="auth_time", expected=max_age, received=round(now - at))
    if after is not None and at + LEEWAY_S < after:
        raise SsoError(ReasonCode.CLAIM_INVALID, claim="auth_time", expected=round(after), received=round(at))
    if at > now + LEEWAY_S:
        raise SsoError(ReasonCode.CLAIM_INVALID, claim="auth_time", expected=round(now), received=round(at))


def _check_session_expiry(claims: Mapping[str, object], expected: Expected) -> None:
    """OpenID Connect Enterprise Extensions: when the session here must end; exact, without leeway."""
    if "session_expiry" not in claims:
        return
    at = claims["session_expiry"]
    if not isinstance(at, int) or numeric_date(at) is None:
        raise SsoError(
            ReasonCode.CLAIM_INVALID,
            claim="session_expiry",
            received=shown(at),
            error=Text("not a whole number of seconds"),
        )
    if at <= expected.now:
        raise SsoError(ReasonCode.CLAIM_INVALID, claim="session_expiry", received=at, error=Text("a time in the past"))


def _check_acr(claims: Mapping[str, object], expected: Expected) -> None:
    """Section 3.1.3.7, number 12."""
    if not expected.acr_values:
        return
    received = _present(claims, "acr")
    if received not in expected.acr_values:
        raise SsoError(
            ReasonCode.CLAIM_INVALID, claim="acr", expected=list(expected.acr_values), received=shown(received)
        )


def _check_subject(claims: Mapping[str, object]) -> None:
    """Section 2: a string of 1 to 255 characters."""
    received = _present(claims, "sub")
    if not isinstance(received, str) or subject_text(received) is None:
        raise SsoError(
            ReasonCode.CLAIM_INVALID, claim="sub", error=Text("not a string of 1 to 255 printable characters")
        )


def _check_access_token_hash(claims: Mapping[str, object], expected: Expected, *, alg: str) -> None:
    """Section 3.1.3.8. If the hash cannot be computed, it is wrong (Authlib CVE-2026-28498)."""
    received = claims.get("at_hash")
    if received is None:
        return
    right = half_hash(expected.access_token, alg)
    if right is None or not isinstance(received, str) or not hmac.compare_digest(received.encode(), right.encode()):
        raise SsoError(ReasonCode.TOKEN_HASH_MISMATCH, claim="at_hash", alg=alg)


def _present(claims: Mapping[str, object], claim: str) -> object:
    value = claims.get(claim)
    if value is None:
        raise SsoError(ReasonCode.CLAIM_MISSING, claim=claim, claims=names(claims))
    return value


def _time(claims: Mapping[str, object], claim: str) -> float:
    value = _present(claims, claim)
    at = numeric_date(value)
    if at is None:
        raise SsoError(ReasonCode.CLAIM_INVALID, claim=claim, received=shown(value), error=Text("not a time"))
    return at
