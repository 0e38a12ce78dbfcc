"""`/setup-links` in both consoles: send and revoke links, and decide about what came through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request
from wtforms import StringField, TextAreaField

from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import Draft
from app.domain.errors import InvalidInput, NotFound
from app.domain.setup.setup_link import LinkState, SetupLinkId
from app.domain.tenants.tenant import Tenant
from app.ports.system import Clock
from app.services.connections.drafts import ConnectionDrafts
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


@dataclass(frozen=True, slots=True)
class SetupLinkViews:
    """Support sends links; a tenant's admins see them, revoke them, and decide about proposals too."""

    setup_links: SetupLinkService
    drafts: ConnectionDrafts
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
            proposals=[self._proposal(tenant, draft, by) for draft, by in self._proposals(tenant, links)],
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
        draft, by = self._proposed(tenant, connection_id)
        return self.place.page(
            "setup/refuse.html",
            tenant,
            TAB,
            name=draft.settings.name,
            by=by,
            version=draft.version,
            back=self.place.url(tenant, TAB),
        )

    def refuse(self, tenant: Tenant, connection_id: str) -> Response:
        self._proposed(tenant, connection_id)
        version = request.form.get("version", "")
        self.drafts.discard(tenant, ConnectionId(connection_id), version=version, by=self.place.console.actor())
        return go(self.place.url(tenant, TAB))

    def _proposals(self, tenant: Tenant, links: Sequence[SeenLink]) -> list[tuple[Draft, str]]:
        """Drafts that were last changed through a set-up link, each with the address that the link was sent to."""
        senders = {seen.link.actor_name: seen.link.email for seen in links}
        drafts = self.drafts.of_tenant(tenant)
        return [(draft, senders[draft.changed_by]) for draft in drafts if draft.changed_by in senders]

    def _proposed(self, tenant: Tenant, connection_id: str) -> tuple[Draft, str]:
        for draft, by in self._proposals(tenant, self.setup_links.of_tenant(tenant)):
            if draft.id == connection_id:
                return draft, by
        raise NotFound("proposal", connection_id)

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
