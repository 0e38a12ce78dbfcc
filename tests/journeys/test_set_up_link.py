"""A set-up link, from the mail to the first login: customer IT without an account connects a real provider."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cli.demo.provider import DemoProvider
from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.journeys.connecting import set_up, try_it
from tests.journeys.steps import expect_signed_in_as, fill_in_password, oauth_login, password_login
from tests.journeys.watch import Watch
from tests.services.browser import STEP_MILLISECONDS, accessibility_faults
from tests.services.canaille import person
from tests.services.site import Site

PASSWORD = "what they type"
IT = "it@acme.example"


@pytest.fixture
def unconnected(site: Site) -> Tenant:
    """Acme Support before anybody has connected its provider."""
    world = site.world
    tenant = world.tenant("acme", name="Acme Support", policy=LoginPolicy.SSO_OPTIONAL)
    world.account(tenant, "alice", email="alice@acme.example", password="demo-alice")
    world.account(tenant, "ada", email="ada@acme.example", password=PASSWORD, roles=[Role.TENANT_ADMIN])
    world.account(world.tenant("staff", name="Vendor"), "sam", password=PASSWORD, roles=[Role.SUPPORT])
    return tenant


@pytest.fixture
def newcomer(chromium: Browser, watch: Watch) -> Iterator[Page]:
    """A browser of somebody who has never been here."""
    context = chromium.new_context(locale="en-GB")
    context.set_default_timeout(STEP_MILLISECONDS)
    watch.over(context)
    yield context.new_page()
    context.close()


def send_link(site: Site, page: Page) -> None:
    page.goto(site.url("/support/tenants/acme/setup-links"))
    fill_in_password(page, "sam", PASSWORD)
    page.get_by_role("link", name="Send set-up link").click()
    page.get_by_label("Email of the person").fill(IT)
    page.get_by_label("Reason").fill("asked for on the telephone, called back")
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_text("The link is on its way.")).to_be_visible()


def open_link(site: Site, page: Page) -> None:
    page.goto(site.url("/dev/mail"))
    page.get_by_role("link", name=re.compile("setup")).first.click()
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    assert accessibility_faults(page) == []
    mailbox = page.context.new_page()
    mailbox.goto(site.url("/dev/mail"))
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", mailbox.locator(".mail-body").first.inner_text())
    assert code
    mailbox.close()
    page.get_by_label("Code").fill(code[0].lower().replace("-", " "))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/setup/sso/new")


def test_from_the_mail_to_the_first_login(
    site: Site, canaille: DemoProvider, unconnected: Tenant, page: Page, newcomer: Page
) -> None:
    send_link(site, page)
    open_link(site, newcomer)
    set_up(site, newcomer, canaille)
    try_it(newcomer)
    newcomer.get_by_role("link", name="Continue").click()
    newcomer.wait_for_url("**/test*")
    newcomer.get_by_role("link", name="Next: Propose").click()
    assert accessibility_faults(newcomer) == []
    newcomer.get_by_role("button", name="Propose", exact=True).click()
    expect(newcomer.get_by_text("Your set-up has been proposed.")).to_be_visible()

    page.context.clear_cookies()
    password_login(site, page, "ada", PASSWORD)
    page.wait_for_url("**/account")
    page.goto(site.url("/admin/setup-links"))
    expect(page.get_by_text(f"Proposed by {IT} through a set-up link.")).to_be_visible()
    page.get_by_role("link", name="Review and accept").click()
    page.get_by_role("button", name="Activate", exact=True).click()
    page.wait_for_url("**?activated")

    page.context.clear_cookies()
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")
