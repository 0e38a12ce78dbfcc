"""A tenant without a provider, and ada, who is its admin."""

import pytest

from app.domain.accounts.account import Role
from tests.builders import World, password_login
from tests.integration.connections.wizard import Wizard

PASSWORD = "what admins type"


@pytest.fixture
def wizard(world: World) -> Wizard:
    acme = world.tenant("acme", name="Acme", email_domains=("acme.example",))
    world.account(acme, "ada", email="ada@acme.example", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    browser = world.client()
    assert password_login(browser, "ada", PASSWORD, tenant="acme").status_code == 303
    return Wizard(world, acme, browser)
