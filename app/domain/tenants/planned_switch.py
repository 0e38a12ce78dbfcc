"""A future switch of a tenant's login policy: planned by support, or requested by the tenant."""

import unicodedata
from dataclasses import dataclass

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.text import Text

DAY_S = 86_400
LATEST_S = 90 * DAY_S
"""How far ahead a switch may be planned: a longer plan would be out of date by then."""
ANNOUNCED_S = 14 * DAY_S
"""How long before the switch the login page announces it."""
LATE_S = 120
"""A switch overdue by more than this is reported to operations."""
NOTE_MOST = 500
"""Characters of a reason or a note."""

_NOT_SHOWN = ("Cc", "Cs")


@dataclass(frozen=True, slots=True)
class PlannedSwitch:
    """Carried out once by the worker, at or after `at` (Unix seconds). `actor` and `address` say who planned it."""

    policy: LoginPolicy
    at: float
    actor: str
    address: str
    reason: str
    overridden: tuple[str, ...] = ()
    """The kinds of blockers that were overridden. Any other that appears later stops the switch."""

    def announced(self, now: float) -> bool:
        """Whether the login page announces it: only the end of passwords matters to the people who use them."""
        return not self.policy.takes_passwords and now >= self.at - ANNOUNCED_S


@dataclass(frozen=True, slots=True)
class SwitchRequest:
    """A tenant admin's request to switch to `sso_only`; support decides."""

    at: float
    actor: str
    note: str


def time_problem(at: float, *, now: float) -> str | None:
    """What is wrong with planning a switch for `at`, and what to choose instead."""
    if not at > now:
        return Text("is in the past: choose a time in the future, or switch now")
    if at > now + LATEST_S:
        return Text("is more than %(value)s days ahead: choose an earlier time", value=str(LATEST_S // DAY_S))
    return None


def note_problem(text: str, *, required: bool) -> str | None:
    """What is wrong with a reason or a note, which is kept permanently."""
    if required and not text.strip():
        return Text("must not be empty: it is recorded in the audit log, where the tenant can see it")
    if len(text) > NOTE_MOST:
        return Text("is longer than %(note_most)s characters", note_most=str(NOTE_MOST))
    if any(unicodedata.category(letter) in _NOT_SHOWN for letter in text):
        return Text("must be one line without control characters")
    return None
