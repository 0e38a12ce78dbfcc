"""Lists that change as somebody types, and the same lists without a script."""

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.accounts.account import Role
from tests.journeys.steps import fill_in_password
from tests.services.site import Site

RELOADED = "() => !window.stillHere"


@pytest.fixture
def tenants(site: Site, page: Page) -> Page:
    """Support's list, of three tenants and the staff's own."""
    sign_in(site, page)
    page.evaluate("window.stillHere = true")
    return page


def sign_in(site: Site, page: Page) -> None:
    for slug in ("acme", "globex", "umbrella"):
        site.world.tenant(slug)
    staff = site.world.tenant("staff", name="Vendor")
    site.world.account(staff, "olga", password="what staff type", roles=[Role.SUPPORT])
    page.goto(site.url("/t/staff/login?next=/support/"))
    fill_in_password(page, "olga", "what staff type")
    page.wait_for_url("**/support/")


def test_a_list_follows_what_is_typed_and_the_address_with_it(site: Site, tenants: Page) -> None:
    tenants.get_by_role("searchbox", name="Name or slug").press_sequentially("glo")
    expect(tenants.get_by_role("row")).to_have_count(2)  # its heading is one
    expect(tenants).to_have_url(site.url("/support/?q=glo"))
    expect(tenants.get_by_role("status").get_by_text("1 tenant")).to_be_attached()
    expect(tenants.get_by_role("searchbox", name="Name or slug")).to_be_focused()
    assert not tenants.evaluate(RELOADED)


def test_whose_session_has_ended_meanwhile_gets_the_login_page_and_not_a_broken_list(site: Site, tenants: Page) -> None:
    tenants.context.clear_cookies()
    tenants.get_by_role("searchbox", name="Name or slug").press_sequentially("glo")
    tenants.wait_for_url("**/t/staff/login**")
    expect(tenants.get_by_role("heading", level=1)).to_be_visible()
    assert tenants.evaluate(RELOADED)


def test_without_a_script_the_same_form_searches(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        sign_in(site, page)
        page.get_by_role("searchbox", name="Name or slug").fill("glo")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("row")).to_have_count(2)
        expect(page).to_have_url(site.url("/support/?q=glo"))
    finally:
        context.close()
