"""The texts of a reference's page: steps, differences and details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.accounts.near_miss import Near
from app.domain.errors import Detail
from app.domain.login.login_attempt import Purpose
from app.domain.reasons import Outcome
from app.domain.reasons.error_words import error_said
from app.domain.tenants.login_policy import Method
from app.domain.traces.difference import Difference, Slip, difference
from app.domain.traces.trace import Trace
from app.web.i18n import gettext

A_TIME = 1_000_000_000
"""Whole numbers above this are compared as times, in Unix seconds."""
_INVISIBLE = {" ": "␠", "\t": "⇥", "\n": "↵", "\r": "↵"}
_SHOWN_ELSEWHERE = {
    "expected",
    "received",
    "claims",
    "purpose",
    "skew_s",
    "candidates",
    "error",
    "error_description",
    "sought",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """The two lines of the comparison, and differences that are easily overlooked."""

    parts: Difference
    hint: str
    times: bool = False


def outcome_words(outcome: Outcome, purpose: Purpose) -> str:
    """The outcome, in a word or two."""
    if outcome is Outcome.SIGNED_IN:
        return {
            Purpose.LOGIN: gettext("Signed in"),
            Purpose.TEST: gettext("Test passed"),
            Purpose.PROVE: gettext("Check passed"),
            Purpose.REAUTH: gettext("Confirmed"),
        }[purpose]
    return gettext("Refused") if outcome is Outcome.REFUSED else gettext("Failed")


def way_words(trace: Trace, purpose: Purpose) -> str:
    """The method and the purpose."""
    if trace.method is Method.PASSWORD:
        return gettext("Password")
    return {
        Purpose.LOGIN: gettext("SSO"),
        Purpose.TEST: gettext("SSO (admin test)"),
        Purpose.PROVE: gettext("SSO (check after a password login)"),
        Purpose.REAUTH: gettext("SSO (to confirm identity)"),
    }[purpose]


def note_words(note: str) -> str:
    """What a step has noted, in the reader's language."""
    return printable(gettext(error_said(note)))


def step_words(step: str) -> tuple[str, str]:
    """The name of a step, and what it checks."""
    known = {
        "request": (gettext("Request"), gettext("the request can be read")),
        "policy": (gettext("Sign-in policy"), gettext("the tenant allows this sign-in method from this address")),
        "throttle": (gettext("Limits"), gettext("not too many failed attempts")),
        "password": (gettext("Password"), gettext("username and password are correct")),
        "code": (gettext("Second factor"), gettext("the code is correct")),
        "discovery": (gettext("Provider's metadata"), gettext("discovery document, fetched or cached")),
        "par": (gettext("Pushed request"), gettext("request parameters, sent to the provider in advance")),
        "attempt": (gettext("Login attempt"), gettext("the browser is the one that started the login")),
        "response": (gettext("Provider's response"), gettext("issuer, error and code in the callback")),
        "token": (gettext("Token request"), gettext("the code is exchanged for tokens")),
        "id_token": (gettext("id_token"), gettext("signature, issuer, audience, times, nonce")),
        "userinfo": (gettext("Userinfo"), gettext("further claims about the person")),
        "account": (gettext("Account"), gettext("which accounts match")),
        "choice": (gettext("Choice"), gettext("which of the matching accounts")),
        "session": (gettext("Session"), gettext("session opened, attempt completed")),
    }
    return known.get(step, (step, ""))


def clock_time(at: float) -> str:
    """To the millisecond, as in logs."""
    return datetime.fromtimestamp(at, tz=UTC).strftime("%H:%M:%S.%f")[:-3]


def compared(details: Mapping[str, Detail]) -> Compared | None:
    """The two values whose comparison decided."""
    if "expected" not in details and "received" not in details:
        return None
    expected, received = details.get("expected"), details.get("received")
    if _is_time(expected) and _is_time(received):
        apart = int(str(received)) - int(str(expected))
        hint = gettext("%(seconds)s seconds apart; up to 120 are allowed for clock skew.", seconds=str(abs(apart)))
        return Compared(difference(_day_and_time(expected), _day_and_time(received)), hint, times=True)
    parts = difference(_plain(expected), _plain(received))
    return Compared(parts, _hint(parts))


def near_words(how: Near) -> str:
    """How an account resembles the value that no account has."""
    return {
        Near.CASE: gettext("differs only in capital letters"),
        Near.ALIAS: gettext("differs only after the plus sign"),
        Near.DOMAIN: gettext("same name, different domain"),
        Near.LETTER: gettext("differs by one letter, or two swapped letters"),
    }[how]


def printable(text: str) -> str:
    """Text from outside, without characters that reorder or break it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def visible(text: str) -> str:
    """Makes invisible characters visible."""
    return printable("".join(_INVISIBLE.get(character, character) for character in text))


def skew_words(details: Mapping[str, Detail]) -> str | None:
    """How far the provider's clock is from ours, if measured."""
    skew = details.get("skew_s")
    if not isinstance(skew, int | float):
        return None
    if not round(skew):
        return gettext("none")
    seconds = str(abs(round(skew)))
    if skew > 0:
        return gettext("the provider's clock is %(seconds)s s ahead of ours", seconds=seconds)
    return gettext("the provider's clock is %(seconds)s s behind ours", seconds=seconds)


def said_by_provider(details: Mapping[str, Detail]) -> str:
    """The provider's `error` and `error_description`, or our own words for the failure."""
    said = [gettext(error_said(_plain(details.get("error")))), _plain(details.get("error_description"))]
    return printable(": ".join(text for text in said if text))


def other_details(details: Mapping[str, Detail]) -> Sequence[tuple[str, str]]:
    """The remaining details, under their own names."""
    known = {
        "claim": gettext("Claim"),
        "endpoint": gettext("Endpoint"),
        "host": gettext("Host"),
        "status": gettext("HTTP status"),
        "field": gettext("Field"),
        "domain": gettext("Email domain"),
        "match_by": gettext("Matched by"),
        "observed": gettext("Under SSO only"),
        "own_account": gettext("Includes their own account"),
        "store": gettext("Store"),
        "retry_after_s": gettext("Retry after (seconds)"),
        "kid": gettext("Key"),
        "alg": gettext("Algorithm"),
        "client": gettext("App"),
        "login": gettext("Login reference"),
    }
    return [
        (known.get(name, name), _yes_or_no(value) if isinstance(value, bool) else _in_a_line(value))
        for name, value in sorted(details.items())
        if name not in _SHOWN_ELSEWHERE
    ]


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - it is the value itself
    return gettext("yes") if value else gettext("no")


def _in_a_line(value: Detail) -> str:
    return printable(_plain(value)) or gettext("nothing")


def _hint(parts: Difference) -> str:
    if parts.same:
        return ""
    known = {
        Slip.FINAL_SLASH: gettext("They differ only in the trailing slash. It has to match."),
        Slip.CAPITALS: gettext("They differ only in capital letters. These have to match."),
        Slip.BLANKS: gettext("They differ only in spaces, probably from copying and pasting."),
        Slip.SCHEME: gettext("They differ only in http and https."),
    }
    return known[parts.slip] if parts.slip else ""


def _is_time(value: Detail) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > A_TIME


def _day_and_time(value: Detail) -> str:
    try:
        return datetime.fromtimestamp(int(str(value)), tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):
        return _plain(value)


def _plain(value: Detail) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
