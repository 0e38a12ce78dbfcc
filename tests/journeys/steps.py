"""What people do on the bridge's pages, and what they see."""

import re

from playwright.sync_api import Page, expect

from app.cli.demo.people import Person
from app.services.traces.traces import explain
from tests.services.browser import sign_in_at_provider
from tests.services.site import Site

IN = "You are signed in"
CHOOSE = "Choose an account"
REFUSED = "We couldn't sign you in"


def press_oauth_login(site: Site, page: Page) -> None:
    page.goto(site.url("/t/acme/login"))
    page.get_by_role("link", name="OAuth Login").click()


def oauth_login(site: Site, page: Page, who: Person) -> None:
    """From the login page through the real provider, to whatever comes after it."""
    press_oauth_login(site, page)
    sign_in_at_provider(page, who)
    page.wait_for_url(f"{site.base_url}/**")


def password_login(site: Site, page: Page, username: str, password: str) -> None:
    page.goto(site.url("/t/acme/login"))
    fill_in_password(page, username, password)


def fill_in_password(page: Page, username: str, password: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose(page: Page, username: str) -> None:
    """Press the account's button, whose name holds the username as a word of its own."""
    page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(username)}(\s|$)")).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def expect_signed_in_as(site: Site, page: Page, username: str) -> None:
    expect(page).to_have_url(site.url("/account"))
    expect(page.get_by_text(IN, exact=True)).to_be_visible()
    assert account(site, page)["username"] == username


def send_raw_credentials(page: Page) -> None:
    """Among the advanced settings of a set-up: Canaille takes the halves of HTTP Basic as they come."""
    page.get_by_role("button", name="Advanced settings").click()
    page.get_by_text("How the bridge authenticates").click()
    page.get_by_label("Client ID and secret encoding").select_option("raw")
    page.get_by_role("button", name="Save and go back to the steps").click()


def session(site: Site, page: Page) -> dict[str, object]:
    """What `/session` says; empty where nobody is signed in. Asked beside the page, with its cookies."""
    answer = page.request.get(site.url("/session"))
    return dict(answer.json()) if answer.ok else {}


def account(site: Site, page: Page) -> dict[str, object]:
    found = session(site, page)["account"]
    assert isinstance(found, dict)
    return found


def reason_of(site: Site, page: Page) -> object:
    """Why, by the reference on the page, as support would look it up."""
    reference = page.locator("[data-reference]").get_attribute("data-reference")
    assert reference
    return explain(site.world.bridge.traces.get(reference))["reason"]
