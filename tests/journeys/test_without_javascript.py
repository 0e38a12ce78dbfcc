"""Scripts are a comfort: with none at all every way leads through."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.tenants.tenant import Tenant
from tests.fake_idp import FakeProvider
from tests.journeys.steps import (
    CHOOSE,
    REFUSED,
    choose,
    expect_heading,
    expect_signed_in_as,
    oauth_login,
    password_login,
    press_oauth_login,
    sign_out,
)
from tests.journeys.watch import Watch
from tests.services.browser import STEP_MILLISECONDS
from tests.services.canaille import person
from tests.services.site import Site


@pytest.fixture
def page(chromium: Browser, watch: Watch) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(STEP_MILLISECONDS)
    watch.over(context)
    yield context.new_page()
    context.close()


def test_oauth_login_chooser_and_sign_out(site: Site, acme: Tenant, page: Page) -> None:
    oauth_login(site, page, person("bob"))
    expect_heading(page, CHOOSE)
    choose(page, "bob")
    expect_signed_in_as(site, page, "bob")
    sign_out(page)
    expect_heading(page, "You are signed out")


def test_a_password(site: Site, acme: Tenant, page: Page) -> None:
    password_login(site, page, "alice", "demo-alice")
    expect_signed_in_as(site, page, "alice")


def test_a_refusal_shows_its_reference_and_no_dead_button(site: Site, acme: Tenant, page: Page) -> None:
    oauth_login(site, page, person("nina"))
    expect_heading(page, REFUSED)
    expect(page.locator("[data-reference]")).to_be_visible()
    expect(page.get_by_text("Copy", exact=True)).to_be_hidden()


def test_the_repost_page_has_a_button(site: Site, idp: FakeProvider, page: Page) -> None:
    acme = site.world.tenant("acme")
    site.world.account(acme, "alice", email="alice@acme.example")
    site.world.connection(acme, idp, response_mode="form_post")
    press_oauth_login(site, page)
    page.get_by_role("button", name="Continue").click()  # the provider's
    expect_heading(page, "Signing you in")
    page.get_by_role("button", name="Continue").click()
    expect_signed_in_as(site, page, "alice")


def test_a_forgotten_password(site: Site, acme: Tenant, page: Page) -> None:
    page.goto(site.url("/t/acme/password/forgot"))
    page.get_by_label("Username").fill("alice")
    page.get_by_role("button", name="Send link").click()
    expect_heading(page, "Check your email")
    page.goto(site.url("/dev/mail"))
    page.locator("article a").first.click()
    for label in ("New password", "Confirm new password"):
        page.get_by_label(label, exact=True).fill("plums and seven lanterns")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Your password has been changed.")).to_be_visible()
