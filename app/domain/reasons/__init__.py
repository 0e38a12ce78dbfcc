"""Why a login stopped, in words: for the agent, for support, for scripts.

Owns every text about a login that stopped, its outcome and its HTTP status. Must not know pages, libraries of
protocols, or who raises a reason. A new `ReasonCode` needs its `Reason` in one of the tables.
"""

from collections.abc import Mapping

from app.domain.reasons import (
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
from app.domain.reasons.filling import fill
from app.domain.reasons.provider_words import known_message
from app.domain.reasons.reason import Outcome, Reason

__all__ = ["Outcome", "Reason", "ReasonCode", "reason", "remedy", "summary"]

_REASONS: Mapping[ReasonCode, Reason] = {
    **provider.REASONS,
    **provider_setup.REASONS,
    **id_token.REASONS,
    **userinfo.REASONS,
    **browser.REASONS,
    **person.REASONS,
    **policy.REASONS,
    **own.REASONS,
}


_PROVIDER_SAID = frozenset(provider_setup.REASONS)
"""The reasons whose `error` and `error_description` are the provider's own words."""


def reason(code: ReasonCode) -> Reason:
    """What is known about `code`."""
    return _REASONS[code]


def summary(code: ReasonCode, details: Mapping[str, object]) -> str:
    """What happened, for support, with the values compared. Plain text: whoever shows it escapes it."""
    return fill(_REASONS[code].summary, details)


def remedy(code: ReasonCode, details: Mapping[str, object]) -> str:
    """What to change, where, by whom: in the provider's words where its message is a known one. Plain text."""
    known = known_message(details) if code in _PROVIDER_SAID else None
    return known.remedy if known else fill(_REASONS[code].remedy, details)
