"""The frame of the pages of a draft: its steps, and its connection's own addresses."""

from dataclasses import dataclass

from flask import Response

from app.domain.connections.provider_addresses import ProviderAddresses, provider_addresses
from app.domain.setup.setup_link import recipient_of
from app.domain.tenants.tenant import Tenant
from app.services.connections.draft_state import DraftState
from app.web.connection_checks import providers_of
from app.web.connections.preset_words import GENERIC, preset_name
from app.web.connections.steps import ADVANCED, Step, listed, step_name
from app.web.consoles.tenant_console import TenantConsole


@dataclass(frozen=True, slots=True)
class DraftPages:
    """`step` is None for the page of all settings."""

    place: TenantConsole
    base_url: str

    def page(
        self,
        template: str,
        tenant: Tenant,
        state: DraftState,
        step: Step | None,
        *,
        status: int = 200,
        **context: object,
    ) -> Response:
        settings = state.draft.settings
        return self.place.page(
            template,
            tenant,
            "sso",
            status=status,
            form_targets=providers_of([settings]) if step is Step.TEST else (),
            state=state,
            draft=state.draft,
            connection=state.connection,
            provider_name=preset_name(settings.provider.preset or settings.provider.protocol),
            known_provider=settings.provider.preset not in (None, *GENERIC),
            may_set_up=self.place.may_set_up,
            steps=listed(state, step),
            step=step,
            proposed_by=recipient_of(state.draft.changed_by),
            step_name=step_name(step) if step else "",
            here=self.url(tenant, state),
            overview_url=self.place.url(tenant, "sso"),
            domains_url=self.place.url(tenant, "domains"),
            advanced=ADVANCED,
            **context,
        )

    def url(self, tenant: Tenant, state: DraftState, *parts: str) -> str:
        return self.place.url(tenant, "sso", state.draft.id, *parts)

    def addresses(self, tenant: Tenant, state: DraftState) -> ProviderAddresses:
        return provider_addresses(self.base_url, tenant, state.draft.settings)
