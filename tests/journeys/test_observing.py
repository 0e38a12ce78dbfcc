"""An agent of a tenant that observes finds out, after a password login, that the provider finds her too."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import expect_heading, expect_signed_in_as, fill_in_password, oauth_login, session
from tests.services.browser import sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site


def observe(site: Site, tenant: Tenant) -> None:
    site.world.save(replace(tenant, observing_since=site.world.clock.now()))


def log_in(site: Site, page: Page) -> None:
    """On the way to somewhere."""
    page.goto(site.url("/t/acme/login?next=/session"))
    fill_in_password(page, "alice", "demo-alice")


def test_one_click_proves_it_and_the_login_goes_on_where_it_was_going(site: Site, acme: Tenant, page: Page) -> None:
    observe(site, acme)
    log_in(site, page)
    expect_heading(page, "Does OAuth Login work for you?")
    page.get_by_role("button", name="Check OAuth Login").click()
    sign_in_at_provider(page, person("alice"))
    expect_heading(page, "OAuth Login works for you")
    expect(page.get_by_text("OAuth Login found your account")).to_be_visible()
    assert session(site, page)["method"] == "password"
    page.get_by_role("link", name="Continue").click()
    expect(page).to_have_url(site.url("/session"))
    log_in(site, page)
    expect(page).to_have_url(site.url("/session"))


def test_who_does_not_want_to_goes_on_at_once(site: Site, acme: Tenant, page: Page) -> None:
    observe(site, acme)
    log_in(site, page)
    page.get_by_role("link", name="Continue").click()
    expect(page).to_have_url(site.url("/session"))
    page.goto(site.url("/account"))
    page.get_by_role("link", name="Check OAuth Login").click()
    expect_heading(page, "Does OAuth Login work for you?")


def test_a_colleagues_sign_in_at_the_provider_proves_nothing_and_changes_nothing(
    site: Site, acme: Tenant, page: Page
) -> None:
    observe(site, acme)
    log_in(site, page)
    page.get_by_role("button", name="Check OAuth Login").click()
    sign_in_at_provider(page, person("bob"))
    expect_heading(page, "OAuth Login doesn't work for you yet")
    page.goto(site.url("/account"))
    expect_signed_in_as(site, page, "alice")


def test_a_password_confirms_who_it_is(site: Site, acme: Tenant, page: Page) -> None:
    page.goto(site.url("/t/acme/login"))
    fill_in_password(page, "alice", "demo-alice")
    before = session(site, page)["auth_time"]
    site.world.clock.forward(600)
    page.goto(site.url("/account/confirm?next=/session"))
    page.get_by_label("Password").fill("demo-alice")
    page.get_by_role("button", name="Confirm").click()
    expect(page).to_have_url(site.url("/session"))
    after = session(site, page)["auth_time"]
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after >= before + 600


def test_a_fresh_sign_in_at_the_provider_confirms_who_it_is(site: Site, acme: Tenant, page: Page) -> None:
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")
    before = page.context.cookies(site.base_url)
    page.goto(site.url("/account/confirm?next=/session"))
    page.get_by_role("button", name="Confirm with OAuth Login").click()
    page.get_by_label("Password", exact=True).fill(person("alice").password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(site.url("/session"))
    assert page.context.cookies(site.base_url) != before
    assert session(site, page)["method"] == "sso"
