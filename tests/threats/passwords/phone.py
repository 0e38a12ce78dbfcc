"""An authenticator app, and the page that asks for its code."""

from dataclasses import dataclass, field

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.tenants.tenant import Tenant
from tests.builders import World, hidden_fields

STEP_S = 30


@dataclass
class Phone:
    """Somebody's: its codes follow the world's clock. `recovery` are the codes that came with it."""

    world: World
    secret: str = field(repr=False)
    recovery: tuple[str, ...] = ()

    @classmethod
    def of(cls, world: World, tenant: Tenant, account: Account) -> "Phone":
        """Set up a while ago: its present code has not been used. The clock stands, in the middle of a step."""
        bridge = world.bridge
        world.clock.stand()
        world.clock.forward((STEP_S / 2 - world.clock.now()) % STEP_S)
        phone = cls(world, bridge.second_factors.new(tenant, account.username).secret)
        with bridge.database.write() as work:
            phone.recovery = bridge.second_factors.enrol(
                work, tenant, account, secret=phone.secret, code=phone.code(), client_ip="192.0.2.1"
            )
        world.clock.forward(STEP_S)
        return phone

    def code(self, *, later: int = 0) -> str:
        """What it shows now, or so many steps later."""
        return pyotp.TOTP(self.secret).at(int(self.world.clock.now()) + later * STEP_S)

    def wrong(self) -> str:
        """Six digits that it does not show, and will not for an hour."""
        shown = {self.code(later=step) for step in range(-2, 120)}
        return next(code for number in range(10**6) if (code := f"{number:06}") not in shown)


def send(
    browser: FlaskClient,
    page: TestResponse,
    code: str,
    *,
    recovery: bool = False,
    tenant: str = "acme",
    client_ip: str = "127.0.0.1",
) -> TestResponse:
    """Fill in the form of `page`, which asks for a code."""
    data = {**hidden_fields(page), "recovery" if recovery else "code": code}
    return browser.post(f"/t/{tenant}/login/code", data=data, environ_overrides={"REMOTE_ADDR": client_ip})
