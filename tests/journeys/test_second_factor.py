"""Staff's first login by password, the next ones, and the one without the phone."""

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.domain.accounts.account import Role
from app.domain.audit.audit import Actor
from app.domain.tenants.security_policy import OF_STAFF
from app.domain.tenants.tenant import STAFF
from tests.journeys.steps import IN, expect_heading, fill_in_password, reason_of, session, sign_out
from tests.services.site import Site

CODE = "Code from your authenticator app"
STEP_S = 30


@pytest.fixture(autouse=True)
def _staff(site: Site) -> None:
    staff = site.world.tenant(STAFF, name="Vendor staff", security=OF_STAFF)
    site.world.account(staff, "sam", password="demo-sam", roles=(Role.SUPPORT,))


def begin(site: Site, page: Page) -> None:
    page.goto(site.url(f"/t/{STAFF}/login?next=/support/"))
    fill_in_password(page, "sam", "demo-sam")


def code(site: Site, secret: str) -> str:
    return pyotp.TOTP(secret.replace(" ", "")).at(int(site.world.clock.now()))


def set_up(site: Site, page: Page) -> tuple[str, list[str]]:
    """The secret as somebody reads it off the page, and the recovery codes that came then."""
    begin(site, page)
    expect_heading(page, "Set up a second factor")
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_label(CODE).fill(code(site, secret))
    page.get_by_role("button", name="Confirm").click()
    expect_heading(page, "Save your recovery codes")
    kept = page.get_by_role("list", name="Recovery codes").get_by_role("listitem").all_inner_texts()
    page.get_by_role("link", name="I've saved these codes").click()
    expect(page).to_have_url(site.url("/support/"))
    site.world.clock.forward(STEP_S)
    return secret, kept


def test_staff_set_one_up_at_the_first_login_and_are_asked_for_it_at_the_next(site: Site, page: Page) -> None:
    secret, kept = set_up(site, page)
    assert len(kept) == 10
    page.goto(site.url("/account"))
    sign_out(page)

    begin(site, page)
    expect_heading(page, "One more step")
    assert session(site, page) == {}
    page.get_by_label(CODE).fill("not a code")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    assert reason_of(site, page) == "wrong_code"
    expect(page.get_by_label(CODE)).to_be_focused()
    page.keyboard.type(code(site, secret))
    page.keyboard.press("Enter")
    expect(page).to_have_url(site.url("/support/"))


def test_without_the_phone_a_recovery_code_signs_in_once(site: Site, page: Page) -> None:
    _, kept = set_up(site, page)
    for place in (0, 0, 1):
        page.context.clear_cookies()
        begin(site, page)
        page.get_by_text("Don't have your phone?").click()
        page.get_by_label("Recovery code").fill(kept[place])
        page.get_by_role("button", name="Sign in with a recovery code").click()
        if session(site, page):
            expect(page).to_have_url(site.url("/support/"))
        else:
            assert reason_of(site, page) == "wrong_code", "the second time"
            assert (place, page.get_by_label("Recovery code").input_value()) == (0, "")
    assert session(site, page)


def test_the_lock_of_a_phone_that_is_lost_is_taken_off_by_support(
    site: Site, page: Page, browser_context: BrowserContext
) -> None:
    first, _ = set_up(site, page)
    with site.world.bridge.database.read() as work:
        staff = work.tenants.by_slug(STAFF)
        sam = work.accounts.by_username(staff.id, "sam") if staff else None
    assert staff
    assert sam
    site.world.bridge.second_factors.remove(
        staff.id, sam.id, by=Actor("staff/olga", "192.0.2.1", "phone lost, called back")
    )
    browser_context.clear_cookies()
    second, _ = set_up(site, page)
    assert second != first


def test_an_agent_sets_one_up_from_the_account_page_and_removes_it_again(site: Site, page: Page) -> None:
    acme = site.world.tenant("acme", name="Acme Support")
    site.world.account(acme, "alice", password="demo-alice")
    page.goto(site.url("/t/acme/login"))
    fill_in_password(page, "alice", "demo-alice")
    expect(page.get_by_text(IN, exact=True)).to_be_visible()
    page.get_by_role("link", name="Second factor").click()
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_label(CODE).fill(code(site, secret))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("link", name="I've saved these codes").click()
    expect(page.get_by_text("On: signing in with your password requires a code")).to_be_visible()
    site.world.clock.forward(STEP_S)
    page.get_by_label("Code from your authenticator app").fill(code(site, secret))
    page.get_by_role("button", name="Remove second factor").click()
    expect_heading(page, "Set up a second factor")
