"""`/setup/sso`: what the wizard lacks for whoever came by a set-up link: an overview, and proposing."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import Draft
from app.domain.tenants.tenant import Tenant
from app.services.connections.draft_state import DraftState
from app.services.connections.drafts import ConnectionDrafts
from app.services.setup.setup_links import SetupLinkService
from app.web.browser import client_ip
from app.web.connections.draft_pages import DraftPages
from app.web.connections.preset_words import preset_name
from app.web.connections.steps import Step
from app.web.consoles.tenant_console import TenantPages
from app.web.pages import go
from app.web.setup.setup_console import SetupConsole

ONLY_PROPOSES = "a draft serves no login: accepting it asks"


@dataclass(frozen=True, slots=True)
class SetupProposalViews:
    """Its own drafts alone, of the link's tenant."""

    setup_links: SetupLinkService
    drafts: ConnectionDrafts
    draft_pages: DraftPages
    place: SetupConsole

    def blueprint(self) -> Blueprint:
        pages = TenantPages("proposals", self.place)
        pages.page("/sso", self.overview)
        pages.page("/sso/<connection_id>/activate", self.review)
        pages.button(
            "/sso/<connection_id>/activate",
            self.propose,
            on="/sso/<connection_id>/activate",
            unconfirmed_because=ONLY_PROPOSES,
        )
        pages.button(
            "/sso/<connection_id>/discard",
            self.discard,
            on="/sso/<connection_id>/activate",
            unconfirmed_because=ONLY_PROPOSES,
        )
        pages.button("/leave", self.leave, on="/sso", unconfirmed_because="it only ends this browser's set-up")
        return pages

    def overview(self, tenant: Tenant) -> Response:
        own = self._own(tenant)
        if not own:
            return go(self.place.url(tenant, "sso", "new"))
        return self.place.page(
            "setup/overview.html",
            tenant,
            "sso",
            drafts=[self._row(tenant, draft) for draft in own],
            new_url=self.place.url(tenant, "sso", "new"),
            proposed=self.place.visit.seen().link.proposed_at is not None,
        )

    def review(self, tenant: Tenant, connection_id: str) -> Response:
        return self._review(tenant, self.drafts.one(tenant, ConnectionId(connection_id)))

    def propose(self, tenant: Tenant, connection_id: str) -> Response:
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        if not state.ready:
            return self._review(tenant, state, status=409)
        self.setup_links.propose(self.place.visit.seen(), state.draft.settings.name, client_ip=client_ip())
        return go(self.place.url(tenant, "sso"))

    def discard(self, tenant: Tenant, connection_id: str) -> Response:
        version = request.form.get("version", "")
        self.drafts.discard(tenant, ConnectionId(connection_id), version=version, by=self.place.visit.actor())
        return go(self.place.url(tenant, "sso"))

    def leave(self, _: Tenant) -> Response:
        self.setup_links.leave(self.place.visit.seen(), client_ip=client_ip())
        response = go("/")
        self.place.visit.browser.cookies.set_setup(response, "")
        return response

    def _own(self, tenant: Tenant) -> list[Draft]:
        actor = self.place.visit.actor().name
        return [draft for draft in self.drafts.of_tenant(tenant) if draft.changed_by == actor]

    def _row(self, tenant: Tenant, draft: Draft) -> dict[str, object]:
        provider = draft.settings.provider
        return {
            "name": draft.settings.name,
            "provider": preset_name(provider.preset or provider.protocol),
            "tested": draft.tested,
            "url": self.place.url(tenant, "sso", draft.id, "guide"),
            "review_url": self.place.url(tenant, "sso", draft.id, "activate"),
        }

    def _review(self, tenant: Tenant, state: DraftState, *, status: int = 200) -> Response:
        proposed = self.place.visit.seen().link.proposed_at is not None
        return self.draft_pages.page(
            "setup/propose.html", tenant, state, Step.ACTIVATE, status=status, proposed=proposed
        )
