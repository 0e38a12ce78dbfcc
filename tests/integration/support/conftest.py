"""The support console over SQLite."""

import pytest

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.builders import World
from tests.fake_idp import FakeProvider
from tests.integration.support.counter import PASSWORD, Counter


@pytest.fixture
def counter(world: World) -> Counter:
    return Counter(world)


@pytest.fixture
def acme(counter: Counter, idp: FakeProvider) -> Tenant:
    """Nobody has tried its provider yet. Ada is its admin, alice an agent."""
    acme = counter.world.tenant("acme")
    counter.world.account(acme, "ada", email="alice@acme.example", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    counter.world.connection(acme, idp)
    return acme


@pytest.fixture
def ready(counter: Counter, acme: Tenant, idp: FakeProvider) -> Tenant:
    """Its admin has come in by SSO."""
    assert counter.world.sign_in(counter.world.client(), idp).status_code == 303
    return acme
