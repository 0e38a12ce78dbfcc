"""`/admin/trial` and `/support/tenants/<slug>/trial`: observing, which offers a check of SSO after password logins."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.tenants.tenant import Tenant
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switch_command import version
from app.services.sso_only.switching import NotPossible, SwitchService
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext, moment
from app.web.pages import go
from app.web.sso_only.switch_form import ObserveForm
from app.web.sso_only.switch_words import DONE, done_sentence
from app.web.sso_only.tabs import TAB, TRIAL, switch_tabs


@dataclass(frozen=True, slots=True)
class TrialViews:
    """Staff start and stop it; a tenant's admins see how far it has come."""

    readiness: ReadinessService
    switching: SwitchService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("trial", self.place)
        pages.page(f"/{TRIAL}", self.show)
        if self.place.console.staff:
            pages.button("/switch/observe", self.observe, on=f"/{TRIAL}")
        return pages

    def show(self, tenant: Tenant) -> Response:
        return self._page(tenant, ObserveForm(), done=request.args.get("done", ""))

    def observe(self, tenant: Tenant) -> Response:
        form = ObserveForm(request.form)
        if not form.validate():
            return self._page(tenant, form, status=400)
        by = self.place.console.actor(form.reason.data or "")
        try:
            self.switching.observe(tenant.slug, on=form.starts, by=by, version=form.seen)
        except NotPossible as no:
            return self._page(tenant, ObserveForm(), status=409, problem=gettext(no.sentence, **no.values))
        return go(f"{self.place.url(tenant, TRIAL)}?done={'observing' if form.starts else 'not_observing'}")

    def _page(
        self, about: Tenant, form: ObserveForm, *, status: int = 200, done: str = "", problem: str | None = None
    ) -> Response:
        found = self.readiness.of(about.slug)
        tenant, console = found.tenant, self.place.console
        here = self.place.url(tenant, TRIAL)
        return self.place.page(
            "trial.html",
            tenant,
            TAB,
            status=status,
            within=switch_tabs(self.place, tenant, TRIAL),
            action=self.place.url(tenant, "switch", "observe"),
            readiness_url=self.place.url(tenant, "readiness"),
            may=console.may_act_on(tenant.slug),
            confirm_url=console.confirm_url(here),
            version=version(tenant),
            since=moment(tenant.observing_since) if tenant.observing_since is not None else None,
            readiness=found,
            done=done_sentence(done, tenant, None) if done in DONE else None,
            problem=problem,
            observe=form,
        )
