"""The apps of docs/examples, started for real, with people in front of them."""

import stat
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.domain.oauth2.client import Client, ClientId, GrantType
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import fill_in_password
from tests.services.example_apps import AgentDesk, says
from tests.services.site import Site


@pytest.fixture
def desk(site: Site, tmp_path: Path) -> AgentDesk:
    """Registered as `config/demo.toml` does."""
    client = Client(
        client_id=ClientId("agent-desk"),
        name="Agent Desk",
        redirect_uris=("http://127.0.0.1/callback",),
        grants=(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
        scopes=("openid", "email", "profile", "offline_access"),
        trusted=True,
    )
    with site.world.bridge.database.write() as work:
        work.clients.save(client)
    folder = tmp_path / "desk"
    folder.mkdir()
    return AgentDesk(folder, site.base_url)


@pytest.fixture
def customers(site: Site) -> Tenant:
    acme = site.world.tenant("acme", name="Acme Support", email_domains=("acme.example",))
    site.world.account(acme, "alice", email="alice@acme.example", password="demo-alice")
    return acme


def test_agent_desk_signs_in_by_the_systems_browser_once_and_by_itself_from_then_on(
    site: Site, page: Page, desk: AgentDesk, customers: Tenant
) -> None:
    first = desk.start()
    page.goto(desk.wants_opened() + "&tenant=acme")
    fill_in_password(page, "alice", "demo-alice")
    expect(page.get_by_text("You can close this window")).to_be_visible()
    assert says(first) == "Hello Alice, you are signed in.\n"
    assert stat.S_IMODE(desk.kept.stat().st_mode) == 0o600
    kept = desk.kept.read_text()
    assert says(desk.start()) == "Hello Alice, you are signed in.\n"  # a browser would wait for a reader of its pipe
    assert desk.kept.read_text() != kept
    assert says(desk.start("--sign-out")) == "Signed out.\n"
    assert not desk.kept.exists()
    with site.world.bridge.database.read() as work:
        (alice,) = work.accounts.of_tenant(customers.id)
        assert work.authorizations.of_account(customers.id, alice.id, now=site.world.clock.now()) == []
