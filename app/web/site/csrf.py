"""Forms that only our own pages can post: an HMAC over the session, or before login over the browser's cookie."""

from dataclasses import dataclass
from typing import Any, cast

from flask import Request
from wtforms import Form
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from app.domain.errors import SsoError
from app.domain.reasons.codes import ReasonCode
from app.ports.sealing import Sealer

PURPOSE = "csrf"
FIELD = "csrf_token"


@dataclass(frozen=True, slots=True)
class CsrfGuard:
    """Makes and checks tokens for one binding: `session:…` or `browser:…`."""

    sealer: Sealer

    def token(self, binding: str) -> str:
        return self.sealer.sign(binding, purpose=PURPOSE)

    def check(self, request: Request, binding: str | None) -> None:
        """Raises SsoError `csrf`."""
        given = request.form.get(FIELD, "")
        if not binding or not given or not self.sealer.signed(binding, given, purpose=PURPOSE):
            raise SsoError(ReasonCode.CSRF)


class BoundCsrf(CSRF):
    """WTForms' hook. The token is checked before the form is built (`CsrfGuard.check`): a refusal has its own page."""

    def setup_form(self, form: BaseForm) -> "list[tuple[str, UnboundField[Any]]]":
        self._guard, self._binding = cast("tuple[CsrfGuard, str]", form.meta.csrf_context)
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:  # noqa: ARG002 - the hook's shape
        return self._guard.token(self._binding)

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        """Checked already."""


class BoundForm(Form):
    """A form with a hidden field that is bound to the browser."""

    class Meta:
        csrf = True
        csrf_class = BoundCsrf
        csrf_field_name = FIELD


def session_binding(token: str) -> str:
    return f"session:{token}"


def setup_binding(token: str) -> str:
    return f"setup:{token}"


def browser_binding(value: str) -> str:
    return f"browser:{value}"
