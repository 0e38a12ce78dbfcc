"""acme's own admin at work: ada, signed in with a password, and the provider that acme has."""

import re
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account, Role
from app.domain.connections.connection import Connection
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.builders import BASE_URL, World, hidden_fields, password_login
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import words

PASSWORD = "what admins type"
TEST = "/admin/connections/main/test"


@dataclass
class Office:
    """`browser` is ada's."""

    world: World
    idp: FakeProvider
    policy: LoginPolicy = LoginPolicy.PASSWORD
    tenant: Tenant = field(init=False)
    ada: Account = field(init=False)
    main: Connection = field(init=False)
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.tenant = self.world.tenant("acme", name="Acme", policy=self.policy)
        self.ada = self.person("ada", Role.TENANT_ADMIN)
        self.main = self.world.connection(self.tenant, self.idp)
        self.idp.person("ada", email="ada@acme.example")
        self.browser = self.signed_in("ada")

    def person(self, username: str, *roles: Role, tenant: Tenant | None = None) -> Account:
        email = f"{username}@acme.example"
        return self.world.account(tenant or self.tenant, username, email=email, password=PASSWORD, roles=roles)

    def signed_in(self, username: str, *, tenant: str = "acme") -> FlaskClient:
        browser = self.world.client()
        assert password_login(browser, username, PASSWORD, tenant=tenant).status_code == 303
        return browser

    def read(self, path: str = "/admin/", *, status: int = 200) -> str:
        return words(self.browser.get(path), status=status)

    def press(self, path: str, *, on: str = "/admin/", **fields: str) -> TestResponse:
        """A button of the page `on`."""
        return self.browser.post(path, data={**hidden_fields(self.browser.get(on)), **fields})

    def test_connection(self) -> TestResponse:
        """There and back; what the browser shows in the end."""
        out = self.press(TEST)
        assert out.status_code == 303, out.get_data(as_text=True)
        back = self.idp.authorize(out.headers["Location"]).callback_url
        answer = self.browser.get(str(back).removeprefix(BASE_URL))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account/check")
        return self.browser.get("/account/check")

    def now(self) -> Tenant:
        with self.world.bridge.database.read() as work:
            found = work.tenants.by_slug("acme")
        assert found is not None
        return found


def form_action(answer: TestResponse) -> str:
    """Where the page's forms may lead, by its content security policy."""
    found = re.search(r"form-action ([^;]+)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]
