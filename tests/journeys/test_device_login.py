"""A desk without a browser: its code is typed elsewhere, and whoever is talked into it can say no. In Chromium."""

import pytest
from playwright.sync_api import Page, expect

from app.domain.tenants.tenant import Tenant
from tests.apps import App
from tests.journeys.steps import expect_heading, fill_in_password
from tests.services.site import Site

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def phone(site: Site, acme: Tenant) -> App:
    """A desk phone, which shows the code and asks every few seconds."""
    return App.registered(site.world, "desk-phone", name="Desk Phone", secret=None)


def begin(phone: App) -> dict[str, str]:
    return dict(phone.post("/oauth2/device_authorization", scope="openid offline_access").get_json())


def poll(phone: App, begun: dict[str, str]) -> dict[str, str]:
    return dict(phone.post("/oauth2/token", grant_type=GRANT, device_code=begun["device_code"]).get_json())


def test_alice_types_the_code_signs_in_and_her_phone_is_in(site: Site, phone: App, page: Page) -> None:
    begun = begin(phone)
    page.goto(site.url("/device"))
    page.get_by_label("Code").fill(begun["user_code"].lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.get_by_label("Workspace or work email").fill("acme")
    page.keyboard.press("Enter")
    fill_in_password(page, "alice", "demo-alice")

    expect(page.get_by_text("If someone gave you the code by phone, email or chat, choose Deny")).to_be_visible()
    expect(page.get_by_text(begun["user_code"])).to_be_visible()
    page.get_by_role("button", name="Allow").click()

    expect_heading(page, "Your device is signed in")
    assert poll(phone, begun)["refresh_token"]


def test_whoever_was_talked_into_it_says_no_and_the_phone_is_told(site: Site, phone: App, page: Page) -> None:
    begun = begin(phone)
    page.goto(site.url("/t/acme/login"))
    fill_in_password(page, "alice", "demo-alice")
    page.goto(site.url(f"/device?user_code={begun['user_code']}"))
    page.get_by_role("button", name="Deny").focus()
    page.keyboard.press("Enter")

    expect_heading(page, "Device not signed in")
    assert poll(phone, begun)["error"] == "access_denied"
