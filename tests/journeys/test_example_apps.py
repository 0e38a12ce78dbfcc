"""The apps of docs/examples, started for real, with people in front of them."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.cli.demo.people import PEOPLE
from app.domain.oauth2.authorization import token_hash
from app.domain.oauth2.client import Client, ClientId, GrantType
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import choose, fill_in_password
from tests.services.browser import sign_in_at_provider
from tests.services.example_apps import AgentDesk, at, free_port, says, web_app
from tests.services.site import Site

(BOB,) = (person for person in PEOPLE if person.username == "bob")
SECRET = "the secret of the web example, 32+"


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


@pytest.fixture
def web_port(site: Site, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    client = Client(
        client_id=ClientId("web-example"),
        name="Web example",
        secret_hash=token_hash(SECRET),
        redirect_uris=(at(port, "/callback"),),
        post_logout_redirect_uris=(at(port, "/"),),
        backchannel_logout_uri=at(port, "/backchannel-logout"),
        scopes=("openid", "email", "profile", "roles"),
        trusted=True,
    )
    with site.world.bridge.database.write() as work:
        work.clients.save(client)
    service = web_app(tmp_path, site.base_url, port=port, client_id="web-example", client_secret=SECRET)
    service.start()
    yield port
    service.stop()


def test_a_web_app_signs_people_in_with_their_company_and_hears_of_every_logout(
    site: Site, page: Page, acme: Tenant, web_port: int
) -> None:
    home = at(web_port, "/")
    signed_in = f"Hello Bob.Supervisor of {acme.slug}."

    page.goto(home)
    expect(page.get_by_text("You are not signed in.")).to_be_visible()
    page.goto(at(web_port, "/login?tenant=acme"))
    page.get_by_role("link", name="OAuth Login").click()
    sign_in_at_provider(page, BOB)
    choose(page, "bob.supervisor")
    expect(page).to_have_url(home)
    expect(page.get_by_text(signed_in)).to_be_visible()

    page.goto(site.url("/account"))  # signing out at the bridge, or anywhere else that it learns of
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(site.url("/account"))
    assert site.world.bridge.oauth2.app_logouts.tell_due() == 1
    page.goto(home)
    expect(page.get_by_text("You are not signed in.")).to_be_visible()

    page.goto(at(web_port, "/login?tenant=acme"))
    page.get_by_role("link", name="OAuth Login").click()
    sign_in_at_provider(page, BOB)
    choose(page, "bob.supervisor")
    expect(page.get_by_text(signed_in)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()  # at the app
    expect(page.get_by_text("You are not signed in.")).to_be_visible()
    assert page.url == home
    page.goto(site.url("/account"))
    expect(page).not_to_have_url(site.url("/account"))
