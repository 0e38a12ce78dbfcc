"""Everything by Tab and Enter, with the focus to be seen at every stop."""

from playwright.sync_api import Page, expect

from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import CHOOSE, IN, expect_heading
from tests.services.canaille import person
from tests.services.site import Site

MOST_STOPS = 25
FOCUSED = "element => element === document.activeElement"
VISIBLE = """
() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}
"""


def tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until the element has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # one of Playwright's literals
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        if wanted.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach the {role} {name!r}")


def press(site: Site, page: Page, role: str, name: str) -> None:
    tab_to(page, role, name)
    if page.url.startswith(site.base_url):
        assert page.evaluate(VISIBLE), f"the focus on {name!r} cannot be seen"
    page.keyboard.press("Enter")


def test_from_the_finder_to_the_account_and_out_again(site: Site, acme: Tenant, page: Page) -> None:
    page.goto(site.url("/"))
    expect(page.get_by_label("Workspace or work email")).to_be_focused()
    page.keyboard.type("acme")
    page.keyboard.press("Enter")
    expect(page).to_have_url(site.url("/t/acme/login"))
    press(site, page, "link", "OAuth Login")

    bob = person("bob")
    tab_to(page, "textbox", "Login")
    page.keyboard.type(bob.username)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    tab_to(page, "textbox", "Password")
    page.keyboard.type(bob.password)
    page.keyboard.press("Enter")

    expect_heading(page, CHOOSE)
    tab_to_account(page, "bob.supervisor")
    page.keyboard.press("Enter")
    expect(page.get_by_text(IN, exact=True)).to_be_visible()
    press(site, page, "button", "Sign out")
    expect_heading(page, "You are signed out")
    press(site, page, "link", "Sign in again")
    expect(page).to_have_url(site.url("/t/acme/login"))


def tab_to_account(page: Page, username: str) -> None:
    wanted = page.get_by_role("button", name=username)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate(FOCUSED):
            assert page.evaluate(VISIBLE)
            return
    raise AssertionError(f"Tab does not reach {username}'s button")


def test_a_password_by_keyboard(site: Site, acme: Tenant, page: Page) -> None:
    page.goto(site.url("/t/acme/login"))
    tab_to(page, "textbox", "Username")
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type("demo-alice")
    page.keyboard.press("Enter")
    expect(page.get_by_text(IN, exact=True)).to_be_visible()
