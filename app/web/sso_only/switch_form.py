"""Support's form for a switch: the policy, when, why, and which blockers to override."""

from datetime import datetime, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, ValidationError

from app.domain.audit.audit import Actor
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.planned_switch import note_problem, time_problem
from app.domain.tenants.tenant import Tenant
from app.domain.text import UTC_ZONE, is_zone
from app.services.sso_only.switch_command import SwitchCommand
from app.web.consoles.console_form import ConsoleForm, one_line
from app.web.i18n import gettext, reader

LOCAL = "%Y-%m-%dT%H:%M"
"""The format of `<input type="datetime-local">`."""
HOUR_S = 3600


class SwitchReasonForm(ConsoleForm):
    """What all of them have. The field is called `reason` in each form; its id tells them apart on the page."""

    reason = StringField(filters=[one_line])
    version = HiddenField()
    """Of the page that it was posted from."""

    @property
    def seen(self) -> str:
        return self.version.data or ""

    def validate_reason(self, field: StringField) -> None:
        reason = field.data or ""
        if not reason:
            raise ValidationError(
                gettext("Give a reason; it is recorded in the audit log, where the tenant can see it.")
            )
        if wrong := note_problem(reason, required=True):
            raise ValidationError(gettext("The reason %(problem)s.", problem=gettext(wrong)))


class CancelForm(SwitchReasonForm):
    """Of a planned switch."""

    reason = StringField(id="cancel_reason", filters=[one_line])


class DeclineForm(SwitchReasonForm):
    """Of a tenant's request."""

    reason = StringField(id="decline_reason", filters=[one_line])


class ObserveForm(SwitchReasonForm):
    """Begin or stop."""

    reason = StringField(id="observe_reason", filters=[one_line])
    on = HiddenField()

    @property
    def starts(self) -> bool:
        return self.on.data == "yes"


class SwitchForm(SwitchReasonForm):
    """To what, when, why, and which blockers it goes over."""

    reason = StringField(id="switch_reason", filters=[one_line])
    policy = RadioField(choices={policy.value: policy.value for policy in LoginPolicy}, validate_choice=False)
    when = RadioField(choices={"now": "now", "later": "later"}, validate_choice=False)
    at = StringField(filters=[one_line])
    zone = HiddenField()
    """The time zone that `at` is typed in: the reader's when the page was made, whatever the browser says later."""
    accepted = SelectMultipleField(choices=[], validate_choice=False)

    def __init__(self, posted: MultiDict[str, str] | None, *, now: float, **shown: object) -> None:
        super().__init__(posted, data=shown)
        self._now = now

    @classmethod
    def of(cls, tenant: Tenant, *, now: float) -> Self:
        """As it is first shown: what the tenant asked for is chosen."""
        wish = LoginPolicy.SSO_ONLY.value if tenant.requested else None
        tomorrow, zone = now - now % HOUR_S + 25 * HOUR_S, reader().zone
        return cls(None, now=now, policy=wish, when="now", at=local_time(tomorrow, ZoneInfo(zone)), zone=zone)

    @property
    def later(self) -> bool:
        return bool(self.when.data == "later")

    @property
    def time(self) -> float | None:
        """None: at once."""
        return _moment(self.at.data or "", ZoneInfo(self.zone_name)) if self.later else None

    @property
    def zone_name(self) -> str:
        """UTC unless it is a time zone."""
        named = self.zone.data or ""
        return named if is_zone(named) else UTC_ZONE

    @property
    def wanted(self) -> LoginPolicy:
        """Of a form that is valid."""
        return LoginPolicy(self.policy.data)

    def command(self, slug: str, by: Actor) -> SwitchCommand:
        """Of a form that is valid."""
        accepted = self.accepted.data or ()
        return SwitchCommand(slug, self.wanted, by=by, at=self.time, version=self.seen, accepted=accepted)

    def validate_policy(self, field: RadioField) -> None:
        if field.data not in set(LoginPolicy):
            raise ValidationError(gettext("Choose a sign-in policy."))

    def validate_at(self, _: StringField) -> None:
        if not self.later:
            return
        if self.time is None:
            raise ValidationError(
                gettext("Enter a date and time that exists in this time zone, for example 2026-11-30T18:00.")
            )
        if wrong := time_problem(self.time, now=self._now):
            raise ValidationError(gettext("This time %(problem)s.", problem=gettext(wrong)))


def local_time(at: float, zone: tzinfo) -> str:
    """The value of a `datetime-local` input."""
    return datetime.fromtimestamp(at, tz=zone).strftime(LOCAL)


def _moment(text: str, zone: tzinfo) -> float | None:
    """None for what is no time, or skipped when clocks go forward. Of an hour that comes twice, the first one."""
    typed = text[:16]  # some browsers send seconds if they are not zero
    try:
        at = datetime.strptime(typed, LOCAL).replace(tzinfo=zone).timestamp()
        return at if local_time(at, zone) == typed else None
    except (ValueError, OverflowError):
        return None
