"""`/setup-links` in both consoles: send and revoke links, and decide about what came through them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import StringField, TextAreaField, ValidationError

from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import Draft
from app.domain.errors import InvalidInput
from app.domain.setup.setup_link import LinkState, SetupLinkId
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.setup.proposals import SetupProposals
from app.services.setup.setup_links import SeenLink, SetupLinkService
from app.web.connections.preset_words import preset_name
from app.web.consoles.acts import reason_problem
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.i18n import ago, moment
from app.web.pages import go
from app.web.setup.setup_words import state_name

HERE = "/setup-links"
TAB = "setup-links"


class SendLinkForm(ConsoleForm):
    """To whom, and why."""

    email = StringField(filters=[stripped])
    reason = TextAreaField(filters=[stripped])


class RefuseForm(ConsoleForm):
    """What the person should do differently."""

    note = TextAreaField(filters=[stripped])

    def validate_note(self, field: TextAreaField) -> None:
        if field.data and (problem := reason_problem(field.data)):
            raise ValidationError(problem)


@dataclass(frozen=True, slots=True)
class SetupLinkViews:
    """Support sends links; a tenant's admins see them, revoke them, and decide about proposals too."""

    setup_links: SetupLinkService
    proposals: SetupProposals
    clock: Clock
    place: TenantConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("setup_links", self.place)
        pages.page(HERE, self.show)
        if self.place.console.staff:
            pages.form(f"{HERE}/new", self.new, self.send)
        pages.form(f"{HERE}/<link_id>/revoke", self.ask_revoke, self.revoke)
        pages.form(f"{HERE}/proposals/<connection_id>/refuse", self.ask_refuse, self.refuse)
        return pages

    def show(self, tenant: Tenant) -> Response:
        links = self.setup_links.of_tenant(tenant)
        return self.place.page(
            "setup/links.html",
            tenant,
            TAB,
            links=[self._row(tenant, seen) for seen in links],
            proposals=[self._proposal(tenant, draft, by) for draft, by in self.proposals.of_tenant(tenant)],
            new_url=self.place.url(tenant, TAB, "new") if self.place.console.staff else None,
            sent="sent" in request.args,
        )

    def new(self, tenant: Tenant) -> Response:
        return self._form(tenant, SendLinkForm())

    def send(self, tenant: Tenant) -> Response:
        form = SendLinkForm(request.form)
        if unfit := reason_problem(form.reason.data or ""):
            form.refuse_field("reason", unfit)
            return self._form(tenant, form, status=400)
        try:
            self.setup_links.send(
                tenant.slug, form.email.data or "", by=self.place.console.actor(form.reason.data or "")
            )
        except InvalidInput as problem:
            form.refuse([problem])
            return self._form(tenant, form, status=400)
        return go(f"{self.place.url(tenant, TAB)}?sent")

    def ask_revoke(self, tenant: Tenant, link_id: str) -> Response:
        seen = self.setup_links.one(tenant, SetupLinkId(link_id))
        return self.place.page(
            "setup/revoke.html",
            tenant,
            TAB,
            email=seen.link.email,
            at_work=seen.state is LinkState.OPEN,
            back=self.place.url(tenant, TAB),
        )

    def revoke(self, tenant: Tenant, link_id: str) -> Response:
        self.setup_links.revoke(tenant, SetupLinkId(link_id), by=self.place.console.actor())
        return go(self.place.url(tenant, TAB))

    def ask_refuse(self, tenant: Tenant, connection_id: str) -> Response:
        return self._ask_refuse(tenant, connection_id, RefuseForm())

    def refuse(self, tenant: Tenant, connection_id: str) -> Response:
        form = RefuseForm(request.form)
        if not form.validate():
            return self._ask_refuse(tenant, connection_id, form, status=400)
        draft, _ = self.proposals.one(tenant, ConnectionId(connection_id))
        by = self.place.console.actor(form.note.data or "")
        self.proposals.discard(tenant, draft.id, version=request.form.get("version", ""), by=by)
        return go(self.place.url(tenant, TAB))

    def _ask_refuse(self, tenant: Tenant, connection_id: str, form: RefuseForm, *, status: int = 200) -> Response:
        draft, by = self.proposals.one(tenant, ConnectionId(connection_id))
        return self.place.page(
            "setup/refuse.html",
            tenant,
            TAB,
            status=status,
            form=form,
            name=draft.settings.name,
            by=by,
            version=draft.version,
            back=self.place.url(tenant, TAB),
        )

    def _form(self, tenant: Tenant, form: SendLinkForm, *, status: int = 200) -> Response:
        return self.place.page(
            "setup/link_new.html", tenant, TAB, status=status, form=form, back=self.place.url(tenant, TAB)
        )

    def _row(self, tenant: Tenant, seen: SeenLink) -> Mapping[str, object]:
        link = seen.link
        can_end = seen.state in (LinkState.SENT, LinkState.OPEN)
        return {
            "email": link.email,
            "state": seen.state,
            "state_name": state_name(seen.state),
            "sent": moment(link.sent_at),
            "sent_by": link.sent_by,
            "reason": link.reason,
            "expires": moment(link.expires_at) if can_end else None,
            "opened": ago(link.opened_at, now=self.clock.now()),
            "proposed": ago(link.proposed_at, now=self.clock.now()),
            "revoke_url": self.place.url(tenant, TAB, link.id, "revoke") if can_end else None,
        }

    def _proposal(self, tenant: Tenant, draft: Draft, by: str) -> Mapping[str, object]:
        provider = draft.settings.provider
        return {
            "name": draft.settings.name,
            "provider": preset_name(provider.preset or provider.protocol),
            "issuer": provider.issuer or provider.authorization_endpoint or "",
            "by": by,
            "changed": ago(draft.changed_at, now=self.clock.now()),
            "tested": draft.tested,
            "accept_url": self.place.url(tenant, "sso", draft.id, "activate"),
            "refuse_url": self.place.url(tenant, TAB, "proposals", draft.id, "refuse"),
        }
