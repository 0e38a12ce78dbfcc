"""Drafts of acme's connections, as its admin works on them in her browser."""

from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.audit.audit import Actor
from app.domain.connections.connection import Connection, ConnectionId
from app.domain.login.login_attempt import Purpose
from app.services.connections.draft_state import DraftState
from app.services.connections.drafts import ConnectionDrafts
from app.services.login.request import LoginRequest
from tests.builders import BASE_URL, World
from tests.fake_idp import FakeProvider
from tests.threats.acme import Acme
from tests.threats.login.proving import ADDRESS, Prover

ADA = Actor("acme/alice", "192.0.2.1")
SECRET = "the bridge's secret at acme"


@dataclass
class Drafting:
    """`prover` is signed in as alice, an admin of acme."""

    prover: Prover

    @property
    def acme(self) -> Acme:
        return self.prover.acme

    @property
    def world(self) -> World:
        return self.acme.world

    @property
    def drafts(self) -> ConnectionDrafts:
        return self.world.bridge.drafts

    def new(self, idp: FakeProvider | None = None, name: str = "second") -> DraftState:
        """A new connection to `idp`, complete and untested."""
        state = self.drafts.begin(self.acme.tenant, "oidc", name, by=ADA)
        return self.save(state, **self.settings(idp or self.acme.idp))

    def settings(self, idp: FakeProvider) -> dict[str, object]:
        return {"issuer": idp.issuer, "client_id": "bridge", "client_secret": SECRET}

    def change(self, **changes: object) -> DraftState:
        """A draft beside acme's connection, with these changes."""
        state = self.drafts.begin_change(self.acme.tenant, self.acme.main.id, by=ADA)
        return self.save(state, **changes) if changes else state

    def save(self, state: DraftState, **changes: object) -> DraftState:
        return self.drafts.save(self.acme.tenant, state.draft.id, changes, version=state.draft.version, by=ADA)

    def now(self, state: DraftState) -> DraftState:
        return self.drafts.one(self.acme.tenant, state.draft.id)

    def activate(self, state: DraftState) -> Connection:
        return self.drafts.activate(self.acme.tenant, state.draft.id, version=state.draft.version, by=ADA)

    def begin_test(self, state: DraftState, idp: FakeProvider | None = None, browser: FlaskClient | None = None) -> str:
        """Out, and to the provider: the address that it sends the browser back to."""
        browser = browser or self.acme.browser
        signed_in = self.prover.signed_in(browser)
        assert signed_in is not None
        begun = self.world.bridge.login.begin(
            self.prover.tenant(),
            state.connection,
            LoginRequest(purpose=Purpose.TEST, draft=state.draft, starter=signed_in.session.id),
            client_ip=ADDRESS,
        )
        browser.set_cookie(f"sso_login_{begun.attempt.id}", begun.sealed)
        return str((idp or self.acme.idp).authorize(begun.url).callback_url).removeprefix(BASE_URL)

    def test(self, state: DraftState, idp: FakeProvider | None = None) -> TestResponse:
        """Out and back: what the browser shows in the end."""
        return self.prover.end(self.begin_test(state, idp))

    def passed(self, state: DraftState, idp: FakeProvider | None = None) -> DraftState:
        """As it is after a test that passed."""
        shown = self.test(state, idp)
        assert shown.status_code == 200, shown.get_data(as_text=True)
        tested = self.now(state)
        assert tested.draft.tested
        return tested

    def connection(self, connection_id: ConnectionId | None = None) -> Connection:
        """As it is stored."""
        with self.world.bridge.database.read() as work:
            found = work.connections.get(self.acme.tenant.id, connection_id or self.acme.main.id)
        assert found is not None
        return found
