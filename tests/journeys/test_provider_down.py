"""A provider that is away: the person reads it, and nothing has to be done once it is back."""

from playwright.sync_api import Page, expect

from app.cli.demo.provider import DemoProvider
from app.domain.tenants.tenant import Tenant
from tests.fake_idp import FakeProvider
from tests.journeys.steps import (
    REFUSED,
    expect_heading,
    expect_signed_in_as,
    oauth_login,
    password_login,
    press_oauth_login,
    reason_of,
    session,
)
from tests.services.canaille import person
from tests.services.site import Site

REMEMBERED_S = 30


def test_the_login_says_so_and_works_again_once_it_is_back(
    site: Site, canaille: DemoProvider, acme: Tenant, page: Page
) -> None:
    canaille.stop()
    press_oauth_login(site, page)
    expect_heading(page, REFUSED)
    assert reason_of(site, page) == "provider_unreachable"
    page.get_by_role("link", name="Back to sign-in").click()
    expect(page).to_have_url(site.url("/t/acme/login"))

    canaille.start()
    site.world.clock.forward(REMEMBERED_S)
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")


def test_passwords_still_open_where_they_are_allowed(
    site: Site, canaille: DemoProvider, acme: Tenant, page: Page
) -> None:
    canaille.stop()
    password_login(site, page, "alice", "demo-alice")
    expect_signed_in_as(site, page, "alice")


def test_one_that_goes_away_on_the_way_back_leaves_no_session(site: Site, idp: FakeProvider, page: Page) -> None:
    acme = site.world.tenant("acme")
    site.world.account(acme, "alice", email="alice@acme.example")
    site.world.connection(acme, idp)
    idp.drop("token")
    press_oauth_login(site, page)
    expect_heading(page, REFUSED)
    assert reason_of(site, page) == "provider_unreachable"
    assert session(site, page) == {}

    idp.honest()
    press_oauth_login(site, page)
    expect_signed_in_as(site, page, "alice")
