"""`/sso/<id>/advanced`: every setting of a draft on one page, beside the steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, request

from app.domain.accounts.account import Role
from app.domain.connections.connection import ConnectionId, Protocol
from app.domain.errors import InvalidInput
from app.domain.tenants.tenant import Tenant
from app.services.apply.reading import DocumentInvalid
from app.services.connections.draft_state import DraftState
from app.services.connections.drafts import ConnectionDrafts
from app.web.connections.connection_fields import changes, present
from app.web.connections.connection_form import connection_form, not_in_form, sections
from app.web.connections.draft_pages import DraftPages
from app.web.connections.drafts import UNCONFIRMED
from app.web.connections.steps import ADVANCED, ORDER, furthest
from app.web.consoles.console_form import ConsoleForm
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.pages import go

_RULE = f"/sso/<connection_id>/{ADVANCED}"
_NOT_HERE = ("name", "status")


@dataclass(frozen=True, slots=True)
class AdvancedViews:
    """For whoever may set up connections."""

    drafts: ConnectionDrafts
    draft_pages: DraftPages
    place: TenantConsole

    def blueprint(self) -> TenantPages:
        pages = TenantPages("connection_settings", self.place, staff_roles=[Role.OPERATOR])
        pages.page(_RULE, self.all_settings)
        pages.button(_RULE, self.save_all, on=_RULE, unconfirmed_because=UNCONFIRMED)
        return pages

    def all_settings(self, tenant: Tenant, connection_id: str) -> Response:
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        return self._page(tenant, state, connection_form(present(state.draft.settings)))

    def save_all(self, tenant: Tenant, connection_id: str) -> Response:
        state = self.drafts.one(tenant, ConnectionId(connection_id))
        base = present(state.draft.settings)
        form = connection_form(base, request.form)
        typed = {key: text or "" for key, text in form.data.items() if key not in _NOT_HERE}
        version, by = request.form.get("version", ""), self.place.console.actor()
        try:
            state = self.drafts.save(tenant, state.draft.id, changes(typed, base), version=version, by=by)
        except DocumentInvalid as invalid:
            return self._page(tenant, state, form, status=400, elsewhere=form.refuse(invalid.problems))
        except InvalidInput as invalid:
            return self._page(tenant, state, form, status=400, elsewhere=form.refuse([invalid]))
        wanted = request.form.get("go", "")
        return go(self.draft_pages.url(tenant, state, wanted if wanted in ORDER else furthest(state)))

    def _page(
        self,
        tenant: Tenant,
        state: DraftState,
        form: ConsoleForm,
        *,
        status: int = 200,
        elsewhere: Sequence[str] = (),
    ) -> Response:
        return self.draft_pages.page(
            "sso/advanced.html",
            tenant,
            state,
            None,
            status=status,
            form=form,
            # What was typed belongs to the version it was typed over; what is there now, to the present one.
            version=state.draft.version if status == HTTPStatus.OK else request.form.get("version", ""),
            sections=sections(present(state.draft.settings)),
            not_here=not_in_form(oauth2=state.draft.settings.provider.protocol is Protocol.OAUTH2).items(),
            elsewhere=elsewhere,
            status_bad=status != HTTPStatus.OK,
        )
