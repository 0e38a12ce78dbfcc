"""Support switches a tenant over in its console, with no script at all, while the tenant's people are at work."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cli.demo.provider import DemoProvider
from app.domain.accounts.account import Role
from app.domain.sessions.session import FRESH_S
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import (
    expect_heading,
    expect_signed_in_as,
    fill_in_password,
    oauth_login,
    password_login,
    send_raw_credentials,
    session,
)
from tests.journeys.watch import Watch
from tests.services.browser import STEP_MILLISECONDS, sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site

STAFF_PASSWORD = "what staff type"


@pytest.fixture
def sam(site: Site, chromium: Browser, watch: Watch) -> Iterator[Page]:
    """Support, at the list of tenants."""
    staff = site.world.tenant("staff", name="Vendor")
    site.world.account(staff, "sam", password=STAFF_PASSWORD, roles=[Role.SUPPORT])
    site.world.account(staff, "olga", password=STAFF_PASSWORD, roles=[Role.OPERATOR])
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(STEP_MILLISECONDS)
    watch.over(context)
    page = context.new_page()
    sign_in(site, page, "sam")
    yield page
    context.close()


def sign_in(site: Site, page: Page, username: str) -> None:
    page.goto(site.url("/support/"))
    fill_in_password(page, username, STAFF_PASSWORD)
    expect(page).to_have_url(site.url("/support/"))


def open_switch(page: Page) -> None:
    """From the list."""
    page.get_by_role("searchbox", name="Name or slug").fill("acme")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Acme Support").click()
    page.get_by_role("link", name="Readiness and switch").click()
    page.get_by_role("link", name="Switch", exact=True).click()


def fill_in(page: Page, policy: str, reason: str) -> None:
    page.get_by_label(policy, exact=True).check()
    page.locator("#switch").get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Review switch").click()


def test_over_and_back_with_agents_at_work(site: Site, acme: Tenant, page: Page, sam: Page) -> None:
    oauth_login(site, page, person("alice"))
    page.context.clear_cookies()
    password_login(site, page, "alice", "demo-alice")
    expect_signed_in_as(site, page, "alice")

    open_switch(sam)
    expect(sam.get_by_text("No blockers")).to_be_visible()
    fill_in(sam, "SSO only", "ticket 4711")
    expect(sam.get_by_text("1 session opened with a password ends")).to_be_visible()
    assert session(site, page)
    sam.get_by_role("button", name="Switch acme now").click()
    expect(sam.get_by_text("Sign-in policy switched to “SSO only”. 1 session ended.")).to_be_visible()

    assert session(site, page) == {}
    page.goto(site.url("/t/acme/login"))
    expect(page.get_by_label("Password")).to_have_count(0)
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")

    fill_in(sam, "SSO or password", "their provider is moving")
    sam.get_by_role("button", name="Switch acme now").click()
    expect(sam.get_by_text("by staff/sam: their provider is moving")).to_be_visible()
    page.context.clear_cookies()
    password_login(site, page, "alice", "demo-alice")
    expect_signed_in_as(site, page, "alice")


def test_what_stands_in_the_way_is_gone_over_only_by_saying_so(site: Site, acme: Tenant, sam: Page) -> None:
    open_switch(sam)
    expect(sam.get_by_text("Not yet")).to_be_visible()
    fill_in(sam, "SSO only", "they insist")
    expect(sam.get_by_text("There are blockers: see below.")).to_be_visible()
    expect(sam.locator("#switch").get_by_label("Reason")).to_have_value("they insist")
    sam.get_by_role("checkbox").check()
    sam.get_by_role("button", name="Review switch").click()
    expect(sam.get_by_role("heading", name="Blockers you override")).to_be_visible()
    sam.get_by_role("link", name="Cancel").click()
    expect(sam.get_by_text("Nothing changes until you confirm")).to_be_visible()


def test_a_browser_left_alone_asks_who_it_is_before_it_shows_the_form(site: Site, acme: Tenant, sam: Page) -> None:
    open_switch(sam)
    site.world.clock.forward(FRESH_S + 1)
    sam.reload()
    expect(sam.get_by_role("button", name="Review switch")).to_have_count(0)
    sam.get_by_role("link", name="Confirm it's you", exact=True).click()
    sam.get_by_label("Password").fill(STAFF_PASSWORD)
    sam.get_by_role("button").last.click()
    expect(sam).to_have_url(site.url("/support/tenants/acme/switch"))
    expect(sam.get_by_role("button", name="Review switch")).to_be_visible()


def test_an_operator_makes_a_tenant_and_connects_it_until_somebody_signs_in(
    site: Site, page: Page, sam: Page, canaille: DemoProvider
) -> None:
    sam.context.clear_cookies()
    sign_in(site, sam, "olga")
    sam.get_by_role("link", name="New tenant").click()
    sam.get_by_label("Name", exact=True).fill("Acme Support")
    sam.get_by_label("Slug").fill("acme")
    sam.get_by_label("SSO or password").check()
    sam.get_by_label("Username").fill("alice")
    sam.get_by_label("Email", exact=True).fill("alice@acme.example")
    sam.get_by_label("No email").check()
    sam.get_by_role("button", name="Create tenant").click()
    sam.get_by_role("link", name="Set up connection").click()
    set_up_connection(site, sam, canaille)
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")
    sam.get_by_role("link", name="Overview").click()
    expect_heading(sam, "Acme Support")
    expect(sam.get_by_text("1 of 1 people have proven")).to_be_visible()


def set_up_connection(site: Site, sam: Page, provider: DemoProvider) -> None:
    """Step by step, from the tiles until it is active."""
    sam.get_by_role("button", name="Other OpenID provider").click()
    callback = sam.locator("code", has_text="/callback/").first.inner_text()
    provider.register(redirect_uris=[callback], post_logout_uris=[site.url("/")])
    sam.get_by_role("link", name="Next: Address").click()
    sam.get_by_label("Issuer or discovery URL").fill(provider.issuer)
    sam.get_by_role("button", name="Next", exact=True).click()
    sam.get_by_label("Client ID", exact=True).fill(provider.client_id)
    sam.get_by_label("Client secret", exact=True).fill(provider.client_secret)
    send_raw_credentials(sam)
    sam.get_by_role("navigation", name="Steps").get_by_text("Scopes and claims").click()
    sam.get_by_label("Which emails count").select_option("always")
    sam.get_by_role("button", name="Next", exact=True).click()
    sam.get_by_role("button", name="Start the test").click()
    sign_in_at_provider(sam, person("alice"))
    expect_heading(sam, "The connection works")
    sam.get_by_role("link", name="Continue").click()
    sam.get_by_role("link", name="Next: Activate").click()
    sam.get_by_role("button", name="Activate", exact=True).click()
    expect(sam.get_by_text("Activated.")).to_be_visible()
