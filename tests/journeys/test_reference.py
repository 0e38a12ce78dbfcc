"""Somebody cannot log in and reads the reference out; support finds out why, and the customer mends it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.fake_idp import FakeProvider, changed
from tests.journeys.steps import REFUSED, expect_heading, expect_signed_in_as, fill_in_password, press_oauth_login
from tests.journeys.watch import Watch
from tests.services.browser import STEP_MILLISECONDS
from tests.services.site import Site

STAFF_PASSWORD = "what staff type"


@pytest.fixture
def acme(site: Site, idp: FakeProvider) -> Tenant:
    """At a provider where Alice signs in without a question."""
    tenant = site.world.tenant("acme", name="Acme Support")
    site.world.account(tenant, "alice", email="alice@acme.example")
    site.world.connection(tenant, idp)
    idp.person("alice", email="alice@acme.example")
    staff = site.world.tenant("staff", name="Vendor")
    site.world.account(staff, "sam", password=STAFF_PASSWORD, roles=[Role.SUPPORT])
    return tenant


@pytest.mark.usefixtures("acme")
def test_a_slash_too_many_is_found_by_the_reference_and_mended(
    site: Site, page: Page, idp: FakeProvider, chromium: Browser, watch: Watch
) -> None:
    press_oauth_login(site, page)
    expect_signed_in_as(site, page, "alice")
    page.context.clear_cookies()

    idp.on.id_token(changed(iss=f"{idp.issuer}/"))
    press_oauth_login(site, page)
    expect_heading(page, REFUSED)
    reference = page.locator("[data-reference]").get_attribute("data-reference")
    assert reference

    desk = chromium.new_context(java_script_enabled=False)
    desk.set_default_timeout(STEP_MILLISECONDS)
    watch.over(desk)
    sam = desk.new_page()
    sam.goto(site.url("/support/"))
    fill_in_password(sam, "sam", STAFF_PASSWORD)
    sam.get_by_role("link", name="References").click()
    sam.get_by_label("Reference").fill(reference.replace("-", " ").lower())
    sam.keyboard.press("Enter")
    expect(sam.get_by_role("heading", level=2).first).to_contain_text(f"The provider's issuer is “{idp.issuer}/”")
    expect(sam.locator("mark.mark-received")).to_have_text("/")
    expect(sam.get_by_text("They differ only in the trailing slash. It has to match.")).to_be_visible()
    expect(sam.get_by_text("copy the issuer into the connection exactly as it appears")).to_be_visible()
    stopped = sam.get_by_role("row").filter(has_text="Failed here")
    expect(stopped.get_by_role("rowheader")).to_contain_text("id_token")
    expect(sam.get_by_role("row", name="Session").get_by_text("Not reached")).to_be_visible()
    sam.get_by_text("Compared with the last successful login").get_by_role("link").click()
    expect(sam.get_by_role("heading", level=2).first).to_have_text("Signed in.")
    desk.close()

    idp.honest()
    press_oauth_login(site, page)
    expect_signed_in_as(site, page, "alice")
