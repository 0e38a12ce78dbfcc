"""Why a login stopped, in words: for the agent, for support, for scripts.

Owns the texts, the outcome and the HTTP status of every reason. It must not know pages, protocol libraries, or the
code that raises a reason. Each `ReasonCode` needs its `Reason` in one of the tables.
"""

from collections.abc import Mapping

from app.domain.reasons import (
    apps,
    browser,
    id_token,
    own,
    person,
    policy,
    provider,
    provider_setup,
    userinfo,
)
from app.domain.reasons.codes import ReasonCode
from app.domain.reasons.filling import LONGEST, fill
from app.domain.reasons.next_steps import GIVE_IT
from app.domain.reasons.provider_words import known_message
from app.domain.reasons.reason import Outcome, Reason
from app.domain.text import Text, joined

__all__ = ["Outcome", "Reason", "ReasonCode", "advice", "reason", "remedy", "summary"]

_REASONS: Mapping[ReasonCode, Reason] = {
    **provider.REASONS,
    **provider_setup.REASONS,
    **id_token.REASONS,
    **userinfo.REASONS,
    **browser.REASONS,
    **apps.REASONS,
    **person.REASONS,
    **policy.REASONS,
    **own.REASONS,
}


_PROVIDER_SAID = frozenset(provider_setup.REASONS)
"""The reasons whose `error` and `error_description` are the provider's own words."""

_PASSING = ("server_error", "temporarily_unavailable")
"""RFC 6749, section 4.1.2.1: the provider is temporarily unable to answer."""


def reason(code: ReasonCode) -> Reason:
    """The texts, outcome and status of `code`."""
    return _REASONS[code]


def summary(code: ReasonCode, details: Mapping[str, object], *, lead: str = "") -> Text:
    """What happened, for support, with the values compared: one sentence of at most `LONGEST` characters.

    `lead` comes first and counts towards the length. Long values are clipped here but complete in the details. Plain
    text: escape it where it is shown.
    """
    filled = fill(_REASONS[code].summary, details, most=LONGEST - len(lead))
    return joined(lead, filled) if lead else filled


def advice(code: ReasonCode, details: Mapping[str, object]) -> str:
    """What the agent can do: if the provider has rejected the request itself, retrying does not help."""
    judged = code is ReasonCode.AUTHORIZATION_ERROR and details.get("error") not in (None, "", *_PASSING)
    return GIVE_IT if judged else _REASONS[code].next_step


def remedy(code: ReasonCode, details: Mapping[str, object]) -> Text:
    """What to change, where, by whom, in the provider's terms if its message is a known one. Plain text."""
    known = known_message(details) if code in _PROVIDER_SAID else None
    if known:
        return Text(known.remedy)
    proof = provider_setup.PROOFS.get(str(details.get("client_auth"))) if code is ReasonCode.CLIENT_REFUSED else None
    return Text(proof) if proof else fill(_REASONS[code].remedy, details)
