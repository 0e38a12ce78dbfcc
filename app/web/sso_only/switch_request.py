"""`/admin/switch`: a tenant's admin asks support to switch to SSO only. Support decides."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import HiddenField, StringField, ValidationError

from app.domain.tenants.planned_switch import note_problem
from app.domain.tenants.tenant import Tenant
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switch_command import version
from app.services.sso_only.switching import NotPossible, SwitchService
from app.web.consoles.console_form import ConsoleForm, one_line
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import gettext, moment
from app.web.pages import go
from app.web.sso_only.readiness_words import for_admins, meaning
from app.web.sso_only.tabs import SWITCH, TAB, switch_tabs


class SwitchRequestForm(ConsoleForm):
    """A note for support, or none."""

    note = StringField(filters=[one_line])
    version = HiddenField()
    """Of the page that it was posted from."""

    def validate_note(self, field: StringField) -> None:
        if wrong := note_problem(field.data or "", required=False):
            raise ValidationError(gettext("Your note %(problem)s.", problem=gettext(wrong)))


@dataclass(frozen=True, slots=True)
class SwitchRequestViews:
    """In the admins' console, where no URL changes the login policy (docs/rules.md, rule 5)."""

    readiness: ReadinessService
    switching: SwitchService
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("switch_request", self.place)
        pages.page(f"/{SWITCH}", self.show)
        pages.button(
            "/switch-request", self.ask, on=f"/{SWITCH}", unconfirmed_because="it only asks support, who decide"
        )
        return pages

    def show(self, tenant: Tenant) -> Response:
        return self._page(tenant, SwitchRequestForm(), asked="asked" in request.args)

    def ask(self, tenant: Tenant) -> Response:
        form = SwitchRequestForm(request.form)
        if not form.validate():
            return self._page(tenant, form, status=400)
        by = self.place.console.actor(form.note.data or "")
        try:
            self.switching.request(tenant.id, by=by, version=form.version.data or "")
        except NotPossible as no:
            return self._page(tenant, SwitchRequestForm(), status=409, problem=gettext(no.sentence, **no.values))
        return go(f"{self.place.url(tenant, SWITCH)}?asked")

    def _page(
        self,
        about: Tenant,
        form: SwitchRequestForm,
        *,
        status: int = 200,
        asked: bool = False,
        problem: str | None = None,
    ) -> Response:
        found = self.readiness.of(about.slug)
        tenant = found.tenant
        return self.place.page(
            "admin/switch.html",
            tenant,
            TAB,
            status=status,
            within=switch_tabs(self.place, tenant, SWITCH),
            readiness_url=self.place.url(tenant, "readiness"),
            meaning=meaning(tenant.policy),
            readiness=found,
            blockers=for_admins(found.blockers),
            planned=tenant.planned,
            planned_at=moment(tenant.planned.at) if tenant.planned else None,
            requested=tenant.requested,
            requested_at=moment(tenant.requested.at) if tenant.requested else None,
            version=version(tenant),
            asked=asked,
            problem=problem,
            form=form,
        )
