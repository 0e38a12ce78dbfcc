"""A tenant to switch: it takes both ways in, and alice has an account, a password and a provider."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from app.domain.audit.audit import Actor, AuditEntry
from app.domain.connections.connection import Connection
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Tenant
from app.services.sso_only.enforcement import Switched
from app.services.sso_only.switch_command import EVERY_BLOCKER, SwitchCommand
from tests.builders import World, password_login
from tests.fake_idp import FakeProvider

PASSWORD = "correct horse battery staple"
PATIENCE_S = 30


@dataclass
class Switchable:
    """A tenant that takes both, with a provider: alice has one account."""

    world: World
    idp: FakeProvider
    tenant: Tenant
    connection: Connection

    def switch(self, policy: LoginPolicy, *, actor: str = "sam@staff", override: bool = False) -> Switched:
        enforcement = self.world.bridge.enforcement
        return enforcement.switch(
            SwitchCommand(
                "acme", policy, by=Actor(actor, reason="ticket 4711"), accepted=EVERY_BLOCKER if override else ()
            )
        )

    def by_sso(self) -> FlaskClient:
        """A browser that signed in at the provider."""
        client = self.world.client()
        assert self.world.sign_in(client, self.idp).status_code == 303
        return client

    def by_password(self, username: str = "alice", tenant: str = "acme") -> FlaskClient:
        client = self.world.client()
        assert password_login(client, username, PASSWORD, tenant=tenant).status_code == 303
        return client

    def signed_in(self, client: FlaskClient) -> bool:
        return self.world.session(client) is not None

    def policy(self) -> tuple[LoginPolicy, bool]:
        """And whether anything born of a password before may have been ended by a switch."""
        tenant = self.stored()
        return tenant.policy, tenant.password_epoch > self.tenant.password_epoch

    def stored(self) -> Tenant:
        with self.world.bridge.database.read() as work:
            tenant = work.tenants.get(self.tenant.id)
        assert tenant is not None
        return tenant

    def audit(self) -> list[AuditEntry]:
        with self.world.bridge.database.read() as work:
            return list(work.audit.of_tenant(self.tenant.id))

    def password_sessions(self) -> int:
        with self.world.bridge.database.read() as work:
            return work.sessions.count_live(self.tenant.id, now=self.world.clock.now(), method=Method.PASSWORD)


def switchable(world: World, idp: FakeProvider) -> Switchable:
    tenant = world.tenant("acme")
    world.account(tenant, "alice", email="alice@acme.example", password=PASSWORD)
    return Switchable(world, idp, tenant, world.connection(tenant, idp))
