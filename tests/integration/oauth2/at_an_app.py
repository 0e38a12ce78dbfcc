"""Alice, who is signed in at an app through the bridge."""

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, AccountId
from app.domain.oauth2.authorization import Authorization, AuthorizationId
from app.domain.oauth2.claims import session_name
from app.domain.oauth2.client import Client, ClientId
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from tests.builders import World
from tests.fake_idp import FakeProvider

BACK = "https://desk.example/bye?from=bridge"
DESK = Client(
    client_id=ClientId("agent-desk"),
    name="Agent Desk",
    redirect_uris=("https://desk.example/callback",),
    scopes=("openid", "email"),
    trusted=True,
    backchannel_logout_uri="https://desk.example/logout",
    post_logout_redirect_uris=(BACK,),
)


@dataclass
class AtAnApp:
    """By SSO in one browser. The authorization is what an authorization request would have stored."""

    world: World
    idp: FakeProvider
    app: Client = DESK
    tenant: Tenant = field(init=False)
    account: Account = field(init=False)
    browser: FlaskClient = field(init=False)
    id_token: str = field(init=False)

    def __post_init__(self) -> None:
        self.tenant = self.world.tenant(email_domains=("acme.example",))
        self.account = self.world.account(self.tenant, "alice", email="alice@acme.example")
        self.world.connection(self.tenant, self.idp)
        self.browser = self.world.client()
        assert self.world.sign_in(self.browser, self.idp).status_code == 303
        with self.world.bridge.database.write() as work:
            work.clients.save(self.app)
        self.id_token = self.authorize(self.app)

    @property
    def session(self) -> dict[str, Any] | None:
        return self.world.session(self.browser)

    @property
    def sid(self) -> str:
        assert self.session is not None
        return session_name(str(self.session["reference"]), AccountId(self.session["account"]["id"]))

    def authorize(self, client: Client) -> str:
        """Sign in at that app; returns its id_token."""
        assert self.session is not None
        now = self.world.clock.now()
        authorization = Authorization(
            id=AuthorizationId(self.world.randomness.short_id()),
            tenant_id=self.tenant.id,
            account_id=AccountId(self.session["account"]["id"]),
            client_id=client.client_id,
            reference=str(self.session["reference"]),
            method=Method.SSO,
            password_epoch=self.tenant.password_epoch,
            auth_time=now,
            scopes=("openid",),
            created_at=now,
            expires_at=now + 3600,
        )
        with self.world.bridge.database.write() as work:
            work.clients.save(client)
            work.authorizations.add(authorization)
        with self.world.bridge.database.read() as work:
            authorized = work.authorizations.live(authorization.id, now=now)
        assert authorized is not None
        return self.world.bridge.oauth2.token_signer.id_token(authorized)

    def log_out(self, **parameters: str) -> TestResponse:
        """The app sends the browser to the `end_session_endpoint`."""
        return self.browser.get("/oauth2/logout", query_string=parameters)

    def come_back(self, response: TestResponse) -> TestResponse:
        """From the provider, where the bridge has sent the browser to sign out as well."""
        assert response.headers["Location"].startswith(self.idp.url("end_session")), response.headers
        back = str(self.idp.authorize(response.headers["Location"]).callback_url)
        return self.browser.get(back.removeprefix("http://localhost:8000"))

    def queued(self) -> set[str]:
        """The apps that have yet to be told that a session has ended."""
        with self.world.bridge.database.read() as work:
            return set(work.app_logouts.due_clients(now=self.world.clock.now() + 1))
