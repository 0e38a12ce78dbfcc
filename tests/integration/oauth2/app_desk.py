"""The consoles' pages of apps: olga (operator) and sam (support) of the vendor, ada (admin) of acme."""

import re
from dataclasses import dataclass, field
from html import unescape

from werkzeug.test import TestResponse

from app.domain.accounts.account import Role
from app.domain.oauth2.client import Client, Scope
from app.domain.tenants.tenant import Tenant
from tests.builders import World
from tests.integration.support.counter import PASSWORD, Browser, Counter

ADMIN, VENDOR, SUPPORT = "/admin/apps", "/support/apps", "/support/tenants/acme/apps"
CALLBACK = "https://desk.acme.example/callback"
_COPIED = re.compile(r'data-copy="([^"]+)"')


@dataclass
class AppDesk:
    """acme has an admin and an agent, and the vendor's APIs offer two scopes."""

    world: World
    counter: Counter = field(init=False)
    acme: Tenant = field(init=False)

    def __post_init__(self) -> None:
        self.counter = Counter(self.world)
        self.acme = self.world.tenant("acme", name="Acme Support")
        self.world.account(self.acme, "ada", password=PASSWORD, roles=[Role.TENANT_ADMIN])
        self.world.account(self.acme, "alice", password=PASSWORD)
        with self.world.bridge.database.write() as work:
            work.clients.save_scope(Scope("users:read", "See who works here, and their status"))
            work.clients.save_scope(Scope("stats", "See figures"))

    def ada(self) -> Browser:
        return self.counter.browser("ada", tenant="acme")

    def clients(self) -> list[Client]:
        with self.world.bridge.database.read() as work:
            return list(work.clients.all())

    def client(self) -> Client:
        """The only one."""
        (client,) = self.clients()
        return client

    def credential(self, browser: Browser, *, at: str = ADMIN, **fields: object) -> TestResponse:
        """The answer to the form, which shows the secret."""
        filled = {"name": "Nightly export", "scopes": ["users:read"], **fields}
        return browser.fill(f"{at}/new/credential", filled)

    def app(self, browser: Browser, *, kind: str = "web", at: str = ADMIN, **fields: object) -> TestResponse:
        filled = {"name": "Desk", "redirect_uris": CALLBACK, "scopes": ["openid", "email"], **fields}
        return browser.fill(f"{at}/new/app?type={kind}", filled)


def secret_in(answer: TestResponse) -> str:
    """What the page offers to copy after the client id."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return unescape(_COPIED.findall(answer.get_data(as_text=True))[1])
