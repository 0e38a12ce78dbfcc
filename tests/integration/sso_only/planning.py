"""A tenant that is ready, and Sam of support, who plans its switch for Monday at eight."""

from dataclasses import dataclass, replace

from app.domain.accounts.account import Role
from app.domain.audit.audit import AuditEntry
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import STAFF, Tenant
from app.services.sso_only.switching import SwitchService
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.switchable import Switchable, switchable

HOUR = 3600.0
SAM = "staff/sam"
SAMS_EMAIL = "sam@vendor.example"
ADDRESS = "192.0.2.7"


@dataclass
class Planning:
    """`acme` has a tested connection, and alice, who came in by it."""

    acme: Switchable

    @property
    def world(self) -> World:
        return self.acme.world

    @property
    def switching(self) -> SwitchService:
        return self.world.bridge.switching

    def plan(
        self,
        policy: LoginPolicy = LoginPolicy.SSO_ONLY,
        *,
        ahead_s: float = HOUR,
        actor: str = SAM,
        reason: str = "ticket 4711",
        override: bool = False,
    ) -> Tenant:
        at = self.world.clock.now() + ahead_s
        return self.switching.plan(
            "acme", policy, at=at, actor=actor, client_ip=ADDRESS, reason=reason, override=override
        )

    def cancel(self) -> bool:
        return self.switching.cancel("acme", actor=SAM, client_ip=ADDRESS, reason="not yet")

    def wait(self, seconds: float = HOUR + 1) -> int:
        """Until then, and one round of the worker."""
        self.world.clock.forward(seconds)
        return self.switching.carry_out_due()

    def lose_the_test(self) -> None:
        """Somebody changes the connection: nobody has come through its new settings."""
        connection = self.acme.connection
        self.world.save(replace(connection, provider=replace(connection.provider, email_trust="always")))

    def tenant(self) -> Tenant:
        with self.world.bridge.database.read() as work:
            tenant = work.tenants.get(self.acme.tenant.id)
        assert tenant is not None
        return tenant

    def actions(self) -> list[str]:
        return [entry.action for entry in self.acme.audit()]

    def last(self) -> AuditEntry:
        return self.acme.audit()[-1]

    def mail(self) -> list[tuple[str, str, str]]:
        """To whom, about what, and the text."""
        return [(queued.to, queued.subject, body) for queued, body in self.world.bridge.outbox.newest(most=50)]


def planning(world: World, idp: FakeProvider) -> Planning:
    acme = switchable(world, idp)
    acme.by_sso()
    staff = world.tenant(STAFF)
    world.account(staff, "sam", email=SAMS_EMAIL, roles=(Role.SUPPORT,))
    return Planning(acme)
