"""What changes a tenant's connections: begin one, begin a change, take one back, disable and enable."""

from dataclasses import dataclass

from flask import Response, request
from wtforms import StringField

from app.domain.accounts.account import Role
from app.domain.connections.connection import ConnectionId
from app.domain.connections.draft import DraftKind
from app.domain.errors import InvalidInput, NotFound
from app.domain.tenants.tenant import Status, Tenant
from app.services.apply.reading import DocumentInvalid
from app.services.connections.draft_state import DraftRefused
from app.services.connections.drafts import ConnectionDrafts
from app.services.connections.next_secret import NextSecretService
from app.services.connections.overview import ConnectionOverview
from app.services.connections.set_up import SetUpService
from app.web.connections.change_words import changed_settings
from app.web.connections.drafts import UNCONFIRMED
from app.web.connections.preset_words import GENERIC, preset_name
from app.web.connections.steps import Step, furthest
from app.web.consoles.console_form import ConsoleForm, stripped
from app.web.consoles.tenant_console import TenantConsole, TenantPages
from app.web.pages import go

FIRST = "main"
_ONE = "/sso/<connection_id>"


class NewConnectionForm(ConsoleForm):
    """The preset is the button that was pressed."""

    name = StringField(filters=[stripped])
    preset = StringField()


@dataclass(frozen=True, slots=True)
class SsoChangeViews:
    """For whoever may set up connections."""

    drafts: ConnectionDrafts
    overview: ConnectionOverview
    set_up: SetUpService
    next_secret: NextSecretService
    place: TenantConsole

    def blueprint(self) -> TenantPages:
        pages = TenantPages("sso_changes", self.place, staff_roles=[Role.OPERATOR])
        pages.page("/sso/new", self.choose)
        pages.button("/sso/new", self.begin, on="/sso/new", unconfirmed_because=UNCONFIRMED)
        pages.button(f"{_ONE}/change", self.change, on="/sso", unconfirmed_because=UNCONFIRMED)
        pages.form(f"{_ONE}/undo", self.review_undo, self.undo)
        pages.form(f"{_ONE}/status", self.review_status, self.set_status)
        pages.form(f"{_ONE}/next-secret", self.review_next_secret, self.withdraw_next_secret)
        return pages

    def choose(self, tenant: Tenant) -> Response:
        taken = {one.connection.name for one in self.overview.of_tenant(tenant)}
        return self._choose(tenant, NewConnectionForm(data={"name": FIRST if FIRST not in taken else ""}))

    def begin(self, tenant: Tenant) -> Response:
        """From now on, it has its redirect URI. Pressed twice, it is begun once."""
        form = NewConnectionForm(request.form)
        name, preset = form.name.data or "", form.preset.data or ""
        try:
            state = self.drafts.begin(tenant, preset, name, by=self.place.console.actor())
        except (InvalidInput, DocumentInvalid) as error:
            begun = self._begun_just_now(tenant, name, preset)
            if begun is not None:
                return go(self.place.url(tenant, "sso", begun, Step.GUIDE))
            problems = error.problems if isinstance(error, DocumentInvalid) else [error]
            elsewhere = form.refuse(problems)
            return self._choose(tenant, form, status=400, elsewhere=elsewhere)
        return go(self.place.url(tenant, "sso", state.draft.id, Step.GUIDE))

    def change(self, tenant: Tenant, connection_id: str) -> Response:
        """A draft beside the connection, or the one that was begun; where it was left."""
        state = self.drafts.begin_change(tenant, ConnectionId(connection_id), by=self.place.console.actor())
        step = Step.ADDRESS if state.draft.kind is DraftKind.CHANGE else furthest(state)
        return go(self.place.url(tenant, "sso", connection_id, step))

    def review_undo(self, tenant: Tenant, connection_id: str) -> Response:
        return self._review_undo(tenant, connection_id)

    def undo(self, tenant: Tenant, connection_id: str) -> Response:
        version, by = request.form.get("version", ""), self.place.console.actor()
        try:
            self.drafts.undo(tenant, ConnectionId(connection_id), version=version, by=by)
        except DraftRefused:
            return self._review_undo(tenant, connection_id, status=409)
        return go(f"{self.place.url(tenant, 'sso', connection_id)}?undone")

    def review_status(self, tenant: Tenant, connection_id: str) -> Response:
        found = self.overview.one(tenant, ConnectionId(connection_id))
        if found.being_set_up:
            raise NotFound("connection", connection_id)  # activating it is the only way
        return self.place.page(
            "sso/status.html",
            tenant,
            "sso",
            connection=found.connection,
            active=found.connection.status is Status.ACTIVE,
            policy=tenant.policy,
            others=sum(
                one.connection.status is Status.ACTIVE and one.connection.id != found.connection.id
                for one in self.overview.of_tenant(tenant)
            ),
            overview_url=self.place.url(tenant, "sso"),
            back=self.place.url(tenant, "sso", connection_id),
        )

    def set_status(self, tenant: Tenant, connection_id: str) -> Response:
        found = self.overview.one(tenant, ConnectionId(connection_id))
        if found.being_set_up:
            raise NotFound("connection", connection_id)
        wanted = Status.DISABLED if request.form.get("status") == Status.DISABLED else Status.ACTIVE
        self.set_up.save_connection(
            tenant.slug,
            found.connection.name,
            {"status": wanted.value},
            version=request.form.get("version") or "-",
            by=self.place.console.actor(),
        )
        done = "enabled" if wanted is Status.ACTIVE else "disabled"
        return go(f"{self.place.url(tenant, 'sso', connection_id)}?{done}")

    def review_next_secret(self, tenant: Tenant, connection_id: str) -> Response:
        found = self.overview.one(tenant, ConnectionId(connection_id))
        return self.place.page(
            "sso/next_secret.html",
            tenant,
            "sso",
            connection=found.connection,
            stored=found.has_next_secret,
            overview_url=self.place.url(tenant, "sso"),
            back=self.place.url(tenant, "sso", connection_id),
        )

    def withdraw_next_secret(self, tenant: Tenant, connection_id: str) -> Response:
        version, by = request.form.get("version", ""), self.place.console.actor()
        self.next_secret.withdraw(tenant, ConnectionId(connection_id), version=version, by=by)
        return go(f"{self.place.url(tenant, 'sso', connection_id)}?withdrawn")

    def _review_undo(self, tenant: Tenant, connection_id: str, *, status: int = 200) -> Response:
        found = self.overview.one(tenant, ConnectionId(connection_id))
        previous = self.drafts.undoable(tenant, ConnectionId(connection_id))
        return self.place.page(
            "sso/undo.html",
            tenant,
            "sso",
            status=status,
            connection=found.connection,
            previous=previous,
            changed=changed_settings(found.connection, previous.settings) if previous else [],
            overview_url=self.place.url(tenant, "sso"),
            back=self.place.url(tenant, "sso", connection_id),
        )

    def _begun_just_now(self, tenant: Tenant, name: str, preset: str) -> ConnectionId | None:
        return next(
            (
                draft.id
                for draft in self.drafts.of_tenant(tenant)
                if draft.kind is DraftKind.NEW
                and (draft.settings.name, draft.settings.provider.preset) == (name, preset)
            ),
            None,
        )

    def _choose(
        self, tenant: Tenant, form: NewConnectionForm, *, status: int = 200, elsewhere: list[str] | None = None
    ) -> Response:
        presets = self.set_up.presets
        named = sorted((preset_name(one).casefold(), one) for one in presets if one not in GENERIC)
        return self.place.page(
            "sso/new.html",
            tenant,
            "sso",
            status=status,
            form=form,
            elsewhere=elsewhere or [],
            presets=[
                (preset, preset_name(preset)) for preset in (*(one for _, one in named), *GENERIC) if preset in presets
            ],
            overview_url=self.place.url(tenant, "sso"),
            ask_name=form.name.data != FIRST or bool(form.errors),
        )
