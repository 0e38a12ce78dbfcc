"""Support's actions: first a page that says what will happen and asks for a reason, then the action."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Response, request
from wtforms import TextAreaField, ValidationError

from app.domain.audit.audit import Actor
from app.domain.errors import InvalidInput, SsoError, StoreUnavailable
from app.domain.reasons import summary
from app.domain.tenants.tenant import Tenant
from app.web.consoles.console import Console
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.consoles.nav import support_nav, tenant_nav
from app.web.i18n import gettext
from app.web.pages import go

REASON_MOST = 500


@dataclass(frozen=True, slots=True)
class Act:
    """`url` is its own page, `back` the page before. `about` is the person or object that it affects."""

    title: str
    about: str
    consequences: Sequence[str]
    button: str
    url: str
    back: str
    done: str
    tab: str
    danger: bool = True


class ReasonForm(ConsoleForm):
    """The reason."""

    reason = TextAreaField(filters=[stripped])

    def validate_reason(self, field: TextAreaField) -> None:
        if problem := reason_problem(field.data or ""):
            raise ValidationError(problem)


def reason_problem(reason: str) -> str | None:
    """For reasons that only the audit log shows; for a switch, which the tenant sees, see planned_switch."""
    if not reason:
        return gettext("Give a reason; it is recorded in the audit log.")
    if len(reason) > REASON_MOST:
        return gettext("Use at most %(most)s characters.", most=str(REASON_MOST))
    return None


@dataclass(frozen=True, slots=True)
class ActPages:
    """For pages of `ConsolePages.form`."""

    console: Console

    def ask(self, tenant: Tenant, act: Act) -> Response:
        return self._page(tenant, act, ReasonForm())

    def carry_out(self, tenant: Tenant, act: Act, deed: Callable[[Actor], object]) -> Response:
        """`deed` carries it out; its exceptions pass through."""
        form = ReasonForm(request.form)
        if not form.validate():
            return self._page(tenant, act, form, status=400)
        try:
            deed(self.console.actor(form.reason.data or ""))
        except InvalidInput as error:
            problem = error.problem
        except StoreUnavailable:
            raise
        except SsoError as error:
            problem = summary(error.code, error.details)
        else:
            return go(f"{act.back}{'&' if '?' in act.back else '?'}done={act.done}")
        form.reason.errors = [gettext(problem)]
        return self._page(tenant, act, form, status=409)

    def _page(self, tenant: Tenant, act: Act, form: ReasonForm, *, status: int = 200) -> Response:
        return self.console.page(
            "support/act.html",
            support_nav(self.console, "/support/"),
            status=status,
            customer=tenant,
            tabs=tenant_nav(tenant, act.tab),
            act=act,
            form=form,
        )
