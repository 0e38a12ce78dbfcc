"""A person without a password at hand: forgotten, invited, or simply tired of the old one."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.domain.accounts.account import Account
from app.domain.passwords.password_link import LinkKind
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import (
    expect_heading,
    expect_signed_in_as,
    fill_in_password,
    password_login,
    session,
    sign_out,
)
from tests.services.site import Site

NEW = "plums and seven lanterns"


@pytest.fixture
def acme(site: Site) -> Tenant:
    tenant = site.world.tenant("acme", name="Acme Support", policy=LoginPolicy.PASSWORD)
    site.world.account(tenant, "alice", email="alice@acme.example", password="demo-alice")
    return tenant


def follow_the_newest_mail(site: Site, page: Page) -> None:
    page.goto(site.url("/dev/mail"))
    page.locator("article a").first.click()


def choose_password(page: Page, new: str) -> None:
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("Confirm new password").fill(new)
    page.get_by_role("button", name="Set password").click()


def test_alice_has_forgotten_her_password(site: Site, acme: Tenant, page: Page) -> None:
    page.goto(site.url("/t/acme/login"))
    page.get_by_role("link", name="Forgot password?").click()
    page.get_by_label("Username").fill("alice")
    page.get_by_role("button", name="Send link").click()
    expect_heading(page, "Check your email")

    follow_the_newest_mail(site, page)
    expect_heading(page, "Choose a new password")
    expect(page).to_have_url(site.url("/t/acme/password/new"))
    page.reload()
    choose_password(page, "Alice2026")
    expect(page.get_by_role("alert")).to_contain_text("too close to your name")
    choose_password(page, NEW)

    expect(page.get_by_text("Your password has been changed. Sign in with your new password.")).to_be_visible()
    assert session(site, page) == {}
    fill_in_password(page, "alice", NEW)
    expect_signed_in_as(site, page, "alice")

    page.goto(site.url("/dev/mail"))
    expect(page.get_by_role("heading", level=2).first).to_have_text("Your password for Acme Support was changed")
    page.get_by_role("article").nth(1).get_by_role("link").first.click()
    expect(page.get_by_text("This link no longer works")).to_be_visible()
    page.get_by_role("link", name="Request a new link").click()
    expect_heading(page, "Forgot your password?")


def test_bob_is_invited_and_chooses_his_first_password(site: Site, acme: Tenant, page: Page) -> None:
    bob: Account = site.world.account(acme, "bob", email="bob@acme.example")
    site.world.bridge.password_links.send(
        acme.id, bob.id, LinkKind.INVITATION, actor="staff/sam", client_ip="192.0.2.1", reason="his first day"
    )
    follow_the_newest_mail(site, page)
    expect_heading(page, "Welcome! Choose your password")
    choose_password(page, NEW)
    fill_in_password(page, "bob", NEW)
    expect_signed_in_as(site, page, "bob")


def test_alice_changes_her_password_and_her_other_browser_is_signed_out(
    site: Site, acme: Tenant, page: Page, browser_context: BrowserContext
) -> None:
    browser = browser_context.browser
    assert browser
    elsewhere = browser.new_context().new_page()
    for one in (elsewhere, page):
        password_login(site, one, "alice", "demo-alice")
        expect_signed_in_as(site, one, "alice")
    page.get_by_role("link", name="Change password").click()
    page.get_by_label("Current password").fill("demo-alice")
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("Confirm new password").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    expect_heading(page, "Password changed")
    assert session(site, elsewhere) == {}
    elsewhere.context.close()
    page.get_by_role("link", name="Back to your account").click()
    expect_signed_in_as(site, page, "alice")
    sign_out(page)
    password_login(site, page, "alice", NEW)
    expect_signed_in_as(site, page, "alice")
