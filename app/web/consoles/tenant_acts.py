"""Actions on what belongs to a tenant, in both consoles: a page that says what will happen, then the action."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, request

from app.domain.audit.audit import Actor
from app.domain.errors import InvalidInput, SsoError, StoreUnavailable
from app.domain.reasons import summary
from app.domain.tenants.tenant import Tenant
from app.web.consoles.acts import Act, ReasonForm, reason_problem
from app.web.consoles.tenant_console import TenantConsole
from app.web.pages import go


@dataclass(frozen=True, slots=True)
class TenantActPages:
    """For pages of `TenantPages.form`. Staff give a reason; an admin at home in the tenant may."""

    place: TenantConsole

    def ask(self, tenant: Tenant, act: Act) -> Response:
        return self.page(tenant, act, ReasonForm())

    def carry_out(self, tenant: Tenant, act: Act, deed: Callable[[Actor], object]) -> Response:
        """`deed` carries it out; its exceptions pass through, but for those that tell why it cannot be done."""
        form = ReasonForm(request.form)
        if not self.reason_given(form):
            return self.page(tenant, act, form, status=400)
        try:
            deed(self.place.console.actor(form.reason.data or ""))
        except InvalidInput as error:
            problem = error.problem
        except StoreUnavailable:
            raise
        except SsoError as error:
            problem = summary(error.code, error.details)
        else:
            return go(f"{act.back}{'&' if '?' in act.back else '?'}done={act.done}")
        return self.refused(tenant, act, form, problem)

    def reason_given(self, form: ReasonForm) -> bool:
        """Puts what is wrong with the reason beside its field."""
        problem = reason_problem(form.reason.data or "") if self.place.console.staff or form.reason.data else None
        form.reason.errors = [problem] if problem else []
        return problem is None

    def refused(self, tenant: Tenant, act: Act, form: ReasonForm, problem: str) -> Response:
        form.reason.errors = [problem]
        return self.page(tenant, act, form, status=409)

    def page(self, tenant: Tenant, act: Act, form: ReasonForm, *, status: int = 200) -> Response:
        return self.place.page("act.html", tenant, act.tab, status=status, act=act, form=form)
