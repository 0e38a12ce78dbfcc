"""A tenant of a test's own at the running server, which many tests share."""

import json
from dataclasses import dataclass
from itertools import count

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.tenants.login_policy import Method
from app.domain.tenants.tenant import Tenant
from tests.builders import CLIENT_SECRET
from tests.fake_idp import FakeProvider
from tests.integration.server import Server, Visitor

PASSWORD = "correct horse battery staple"
NUMBERS = count(1)


@dataclass
class Customer:
    """A tenant of the test's own, with alice and a provider."""

    server: Server
    idp: FakeProvider
    slug: str
    tenant: Tenant
    account: Account
    connection: Connection

    def visitor(self) -> Visitor:
        return Visitor(self.server)

    def by_sso(self) -> Visitor:
        visitor = self.visitor()
        assert visitor.sign_in(self.idp, self.slug).status_code == 303
        return visitor

    def by_password(self) -> Visitor:
        visitor = self.visitor()
        assert visitor.password_login(self.slug, "alice", PASSWORD).status_code == 303
        return visitor

    def live_sessions(self, method: Method) -> int:
        with self.server.world.bridge.database.read() as work:
            return work.sessions.count_live(self.tenant.id, now=self.server.world.clock.now(), method=method)

    def apply(self, status: str = "active") -> str:
        """By the command line: the connection with this status."""
        file = self.server.folder / f"{self.slug}.toml"
        file.write_text(
            f"""
            [[tenants]]
            slug = "{self.slug}"
            name = "{self.tenant.name}"
            [[tenants.connections]]
            name = "main"
            issuer = "{self.idp.issuer}"
            client_id = "bridge"
            client_secret = {json.dumps(CLIENT_SECRET)}
            status = "{status}"
            """
        )
        return self.server.command("apply", str(file))


def new_customer(server: Server, idp: FakeProvider) -> Customer:
    slug = f"customer-{next(NUMBERS)}"
    tenant = server.world.tenant(slug)
    account = server.world.account(tenant, "alice", email="alice@acme.example", password=PASSWORD)
    return Customer(server, idp, slug, tenant, account, server.world.connection(tenant, idp))
