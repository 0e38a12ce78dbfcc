"""The form of a tenant's security settings: the keys of an `apply` file, as people type them."""

from collections.abc import Iterable
from dataclasses import asdict

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.core import Field

from app.domain.tenants.security_policy import TotpRule
from app.domain.tenants.security_settings import TenantSecuritySettings
from app.web.consoles.acts import ReasonForm
from app.web.consoles.problems import sentence
from app.web.i18n import gettext

DIGITS_MOST = 9
"""More than any valid value needs."""


def whole_number(_: object, field: Field) -> None:
    text = str(field.data or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST):
        raise ValidationError(gettext("Enter a whole number."))


class SecurityForm(ReasonForm):
    """Reports all problems at once, so that nobody has to correct them one by one."""

    allowed_networks = TextAreaField()
    session_idle_minutes = StringField(validators=[whole_number])
    session_absolute_minutes = StringField(validators=[whole_number])
    throttle_failures = StringField(validators=[whole_number])
    throttle_minutes = StringField(validators=[whole_number])
    totp = RadioField(choices={rule.value: rule.value for rule in TotpRule}, validate_choice=False)
    shared_desk = BooleanField()
    version = HiddenField()
    """The version of the values that the form started from, so that it does not undo later changes."""

    @classmethod
    def of(cls, settings: TenantSecuritySettings) -> "SecurityForm":
        networks = "\n".join(settings.allowed_networks)
        return cls(data={**asdict(settings), "allowed_networks": networks, "version": settings.version})

    def validate_totp(self, field: RadioField) -> None:
        if field.data not in set(TotpRule):
            raise ValidationError(gettext("Choose one of the options."))

    def validate(self, *_: object, **__: object) -> bool:
        """Also applies the rules of the settings, if the fields can be parsed."""
        readable = super().validate()
        if not {"reason"} >= set(self.errors):
            return False
        self.refuse_settings(self.wanted().problems())
        return readable and not self.errors

    def wanted(self) -> TenantSecuritySettings:
        """The settings in a form whose fields can be parsed."""
        return TenantSecuritySettings(
            allowed_networks=self._networks(),
            session_idle_minutes=int(self.session_idle_minutes.data or 0),
            session_absolute_minutes=int(self.session_absolute_minutes.data or 0),
            throttle_failures=int(self.throttle_failures.data or 0),
            throttle_minutes=int(self.throttle_minutes.data or 0),
            totp=TotpRule(self.totp.data),
            shared_desk=self.shared_desk.data,
        )

    def refuse_settings(self, problems: Iterable[tuple[str, str]]) -> None:
        """Problems found by the rules, beside their fields; a network is named as it was typed."""
        for path, problem in problems:
            key, _, place = path.partition("[")
            subject = f"“{self._networks()[int(place.removesuffix(']'))]}”" if place else ""
            self.refuse_field(key, sentence(subject, problem))

    def _networks(self) -> tuple[str, ...]:
        """One per line, or separated by commas."""
        lines = (self.allowed_networks.data or "").replace(",", "\n").splitlines()
        return tuple(line.strip() for line in lines if line.strip())
