"""Support's form for a switch: the policy, when, why, and which blockers to override."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from app.domain.audit.audit import Actor
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import note_problem, time_problem
from app.services.sso_only.switch_command import SwitchCommand
from app.web.i18n import gettext

LOCAL = "%Y-%m-%dT%H:%M"
"""The format of `<input type="datetime-local">`."""


@dataclass(frozen=True, slots=True)
class SwitchForm:
    """The form as posted. `problems` are sentences by field; `at` None means at once."""

    version: str
    policy: LoginPolicy | None
    later: bool
    at_text: str
    at: float | None
    reason: str
    accepted: Sequence[str]
    problems: Mapping[str, str]

    @property
    def wanted(self) -> LoginPolicy:
        if self.policy is None or self.problems:
            raise RuntimeError("a form with problems decides nothing")
        return self.policy

    def command(self, slug: str, by: Actor) -> SwitchCommand:
        return SwitchCommand(slug, self.wanted, by=by, at=self.at, version=self.version, accepted=self.accepted)


def posted(*, now: float) -> SwitchForm:
    """The form in the present request."""
    form = request.form
    later = form.get("when") == "later"
    at_text = form.get("at", "").strip()
    at = _moment(at_text) if later else None
    policy = LoginPolicy(form["policy"]) if form.get("policy") in set(LoginPolicy) else None
    reason = " ".join(form.get("reason", "").split())
    problems: dict[str, str] = {}
    if policy is None:
        problems["policy"] = gettext("Choose a sign-in policy.")
    if later and at is None:
        problems["at"] = gettext("Enter a date and time, for example 2026-11-30T18:00.")
    elif at is not None and (wrong := time_problem(at, now=now)):
        problems["at"] = gettext("This time %(problem)s.", problem=gettext(wrong))
    if not reason:
        problems["reason"] = gettext("Give a reason; it is recorded in the audit log, where the tenant can see it.")
    elif wrong := note_problem(reason, required=True):
        problems["reason"] = gettext("The reason %(problem)s.", problem=gettext(wrong))
    return SwitchForm(
        version=form.get("version", ""),
        policy=policy,
        later=later,
        at_text=at_text,
        at=at,
        reason=reason,
        accepted=form.getlist("accepted"),
        problems=problems,
    )


def reason_posted() -> str:
    """For the small forms that have only a reason."""
    return " ".join(request.form.get("reason", "").split())


def local_time(at: float) -> str:
    """The value of a `datetime-local` input, in UTC."""
    return datetime.fromtimestamp(at, tz=UTC).strftime(LOCAL)


def _moment(text: str) -> float | None:
    try:
        # Some browsers send seconds if they are not zero.
        return datetime.strptime(text[:16], LOCAL).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
