"""`/admin/`: how a tenant's people sign in, whether its provider works, and what is missing for SSO only."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import HiddenField, StringField, ValidationError

from app.domain.accounts.account import Role
from app.domain.connections.connection import Connection
from app.domain.tenants.planned_switch import note_problem
from app.domain.tenants.tenant import Status, Tenant
from app.ports.system import Clock
from app.services.login.login import LoginService
from app.services.sso_only.readiness import ReadinessService
from app.services.sso_only.switch_command import version
from app.services.sso_only.switching import NotPossible, SwitchService
from app.services.staff.tenant_directory import TenantDirectory
from app.web.connection_checks import providers_of
from app.web.connections.addresses import further_addresses
from app.web.connections.connection_test import test_url
from app.web.consoles.console import Console
from app.web.consoles.console_form import ConsoleForm, one_line
from app.web.consoles.console_pages import ConsolePages
from app.web.consoles.nav import SIGN_ON, admin_nav
from app.web.i18n import ago, gettext, moment
from app.web.pages import go
from app.web.sso_only.readiness_words import groups, in_words, last_sso, meaning


class SwitchRequestForm(ConsoleForm):
    """A note for support, or none."""

    note = StringField(filters=[one_line])
    version = HiddenField()
    """Of the page that it was posted from."""

    def validate_note(self, field: StringField) -> None:
        if wrong := note_problem(field.data or "", required=False):
            raise ValidationError(gettext("Your note %(problem)s.", problem=gettext(wrong)))


@dataclass(frozen=True, slots=True)
class SignOnViews:
    """Admins can look, test and request. No URL here changes the login policy (docs/rules.md, rule 5)."""

    login: LoginService
    readiness: ReadinessService
    switching: SwitchService
    tenant_directory: TenantDirectory
    clock: Clock
    console: Console

    def blueprint(self) -> Blueprint:
        pages = ConsolePages("admin_sign_on", self.console, roles=[Role.TENANT_ADMIN])
        pages.page(SIGN_ON, self.show)
        pages.button(
            "/admin/switch-request", self.ask, on=SIGN_ON, unconfirmed_because="it only asks support, who decide"
        )
        return pages

    def show(self) -> Response:
        return self._page(asked="asked" in request.args)

    def ask(self) -> Response:
        """Support decides."""
        tenant = self.console.user().signed_in.tenant
        form = SwitchRequestForm(request.form)
        if not form.validate():
            return self._page(status=400, form=form)
        by = self.console.actor(form.note.data or "")
        try:
            self.switching.request(tenant.id, by=by, version=form.version.data or "")
        except NotPossible as no:
            return self._page(status=409, problem=gettext(no.sentence, **no.values))
        return go(f"{SIGN_ON}?asked#ask")

    def _page(
        self,
        *,
        status: int = 200,
        asked: bool = False,
        problem: str | None = None,
        form: SwitchRequestForm | None = None,
    ) -> Response:
        slug = self.console.user().signed_in.tenant.slug
        connections = self.tenant_directory.at_a_glance(slug).connections
        readiness = self.readiness.of(slug)
        now = self.clock.now()
        tenant = readiness.tenant
        return self.console.page(
            "admin/sign_on.html",
            admin_nav(""),
            status=status,
            form_targets=providers_of(connections),
            policy=tenant.policy,
            meaning=meaning(tenant.policy),
            observing=tenant.observing_since is not None,
            planned_at=moment(tenant.planned.at) if tenant.planned else None,
            planned=tenant.planned,
            requested=tenant.requested,
            requested_at=moment(tenant.requested.at) if tenant.requested else None,
            connections=[self._shown(tenant, connection, now=now) for connection in connections],
            version=version(tenant),
            readiness=readiness,
            last_sso=last_sso(readiness),
            blockers=in_words(readiness.blockers),
            warnings=in_words(readiness.warnings),
            groups=groups(readiness),
            asked=asked,
            problem=problem,
            form=form or SwitchRequestForm(),
        )

    def _shown(self, tenant: Tenant, connection: Connection, *, now: float) -> dict[str, object]:
        provider = connection.provider
        return {
            "name": connection.name,
            "issuer": provider.issuer or provider.authorization_endpoint,
            "client_id": provider.client_id,
            "redirect_uri": self.login.redirect_uri(connection.id),
            "addresses": further_addresses(self.login.base_url, tenant, connection),
            "active": connection.status is Status.ACTIVE,
            "tested": connection.tested,
            "tested_at": ago(connection.tested_at, now=now),
            "test_url": test_url(tenant, connection, staff=False),
        }
