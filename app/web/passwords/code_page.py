"""After a right password: the page that asks for a code, or first sets up a second factor."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from app.domain.errors import Detail
from app.domain.reasons import ReasonCode, reason
from app.domain.tenants.tenant import Tenant
from app.services.passwords.outcomes import MfaRequired
from app.web.browser import Browser
from app.web.i18n import gettext
from app.web.pages import page, what_to_do
from app.web.site.csrf import BoundForm

LONGEST_CODE = 64


class CodeForm(BoundForm):
    """An app's code, or a recovery code, which has its own field because the first brings up a number pad."""

    ticket = HiddenField()
    code = StringField(validators=[Length(max=LONGEST_CODE)])
    recovery = StringField(validators=[Length(max=LONGEST_CODE)])

    def typed(self) -> str:
        """Whichever of the two was filled in; empty if it is longer than any code."""
        return (self.code.data or self.recovery.data or "") if self.validate() else ""


@dataclass(frozen=True, slots=True)
class CodePage:
    """Shown for the login page's form and for its own."""

    browser: Browser
    form_targets: list[str]

    def form(self) -> CodeForm:
        return CodeForm(request.form, meta={"csrf_context": self.browser.csrf_context()})

    def show(
        self, asked: MfaRequired, *, problem: str | None = None, reference: str | None = None, status: int = 200
    ) -> Response:
        form = self.form()
        recovering = bool(form.recovery.data)
        form.ticket.data, form.code.data, form.recovery.data = asked.ticket, None, None
        response = page(
            "second_factor_new.html" if asked.new else "code.html",
            status=status,
            form_targets=self.form_targets,
            tenant=asked.tenant,
            username=asked.username,
            form=form,
            csrf_token=self.browser.csrf_token(),
            action=f"/t/{asked.tenant.slug}/login/code",
            start_again=f"/t/{asked.tenant.slug}/login",
            demanded=True,
            recovering=recovering,
            problem=problem,
            reference=reference,
            new=asked.new,
        )
        self.browser.keep(response)
        return response


def recovery_codes_page(codes: tuple[str, ...], *, onward: str, tenant: Tenant, username: str) -> Response:
    """Shown only once. It is the response to a form: a browser warns before it loads such a page again."""
    return page("recovery_codes.html", languages=(), codes=codes, onward=onward, tenant=tenant, username=username)


def wrong_code(code: ReasonCode, details: Mapping[str, Detail], *, setting_up: bool) -> str:
    """The text on the form. During set-up there are no recovery codes yet."""
    if setting_up and code is ReasonCode.WRONG_CODE:
        return gettext(
            "Wrong code. Wait for the next code in your app and enter it. If that one doesn't work either, set your "
            "phone's clock to automatic."
        )
    return f"{gettext(reason(code).sentence)} {what_to_do(code, details)}"
