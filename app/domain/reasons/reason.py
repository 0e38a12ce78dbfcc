"""The texts and status of one way in which a login can stop."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a login attempt ended."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    """A check or a rule refused it."""
    FAILED = "failed"
    """Something did not work: the provider or one of our stores was unavailable."""


@dataclass(frozen=True, slots=True)
class Reason:
    """The texts and the status of one reason.

    `sentence` and `next_step` are for the agent and are translated when a page is rendered. `summary` and `remedy` are
    for support: one wording per line, which may name details of the trace in braces (`{expected}`).
    """

    status: int
    sentence: str
    next_step: str
    summary: str
    remedy: str
    outcome: Outcome = Outcome.REFUSED


def N_(text: str) -> str:  # noqa: N802 - the name that Babel extracts by default
    """Mark a text for the agent for extraction; the page translates it."""
    return text
