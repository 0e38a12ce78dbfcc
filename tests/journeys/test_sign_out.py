"""Out of the bridge and out of the provider."""

from playwright.sync_api import Page, expect

from app.cli.demo.provider import DemoProvider
from app.domain.tenants.tenant import Tenant
from tests.fake_idp import FakeProvider
from tests.journeys.steps import (
    expect_heading,
    expect_signed_in_as,
    oauth_login,
    password_login,
    press_oauth_login,
    session,
    sign_out,
)
from tests.services.canaille import person
from tests.services.site import Site

OUT = "You are signed out"


def test_signing_out_ends_the_providers_session_too(
    site: Site, canaille: DemoProvider, acme: Tenant, page: Page
) -> None:
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")
    sign_out(page)
    expect_heading(page, OUT)
    assert page.url.startswith(site.url("/logged-out?state="))
    assert session(site, page) == {}

    page.get_by_role("link", name="Sign in again").click()
    expect(page).to_have_url(site.url("/t/acme/login"))
    page.get_by_role("link", name="OAuth Login").click()
    expect(page.get_by_label("Login")).to_be_visible()
    assert page.url.startswith(canaille.issuer)


def test_a_password_session_ends_here(site: Site, acme: Tenant, page: Page) -> None:
    password_login(site, page, "alice", "demo-alice")
    expect_signed_in_as(site, page, "alice")
    sign_out(page)
    expect_heading(page, OUT)
    page.goto(site.url("/account"))
    expect(page).to_have_url(site.url("/"))


def test_the_session_is_over_even_where_the_provider_is_away(site: Site, idp: FakeProvider, page: Page) -> None:
    acme = site.world.tenant("acme")
    site.world.account(acme, "alice", email="alice@acme.example")
    site.world.connection(acme, idp)
    press_oauth_login(site, page)
    expect_signed_in_as(site, page, "alice")
    idp.stop()
    with page.expect_event("requestfailed"):
        sign_out(page)
    assert session(site, page) == {}
