"""A tenant's admin finds out, without a ticket, that the provider works, and asks for the switch; by keyboard too."""

import pytest
from playwright.sync_api import Page, expect

from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import expect_heading, fill_in_password, session
from tests.services.browser import sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site


@pytest.fixture
def ada(site: Site, acme: Tenant, page: Page) -> Page:
    """Alice's other account is acme's admin; she is at her pages."""
    email = "alice@acme.example"
    site.world.account(acme, "ada", email=email, password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/account"))
    fill_in_password(page, "ada", "demo-ada")
    page.get_by_role("link", name="Administration").click()
    expect_heading(page, "Single sign-on")
    return page


def test_an_admin_tests_the_provider_and_asks_for_the_switch(site: Site, acme: Tenant, ada: Page) -> None:
    expect(ada.get_by_text("Never tested")).to_be_visible()
    ada.get_by_role("button", name="Test connection").click()
    sign_in_at_provider(ada, person("alice"))
    ada.wait_for_url(f"{site.base_url}/**")
    assert session(site, ada)["method"] == "password"
    ada.get_by_role("link", name="Continue").click()
    expect(ada).to_have_url(site.url("/admin/"))
    expect(ada.get_by_text("Never tested")).to_have_count(0)
    ada.get_by_role("link", name="SSO only", exact=True).click()
    ada.get_by_role("link", name="Switch", exact=True).click()
    ada.get_by_label("A note for support").fill("any Monday")
    ada.get_by_role("button", name="Request switch").click()
    expect(ada.get_by_text("Your request has been sent to support.")).to_be_visible()
    expect(ada.get_by_role("button", name="Request switch")).to_have_count(0)
    ada.get_by_role("link", name="Activity").click()
    ada.get_by_role("link", name="Changes").click()
    expect(ada.get_by_role("row", name="Switch requested")).to_contain_text("acme/ada")
    assert site.world.bridge.tenant_directory.one(acme.slug).policy is LoginPolicy.SSO_OPTIONAL


def test_all_of_it_is_reached_by_keyboard(site: Site, ada: Page) -> None:
    first = reached(ada)
    assert first[0] == "Skip to content"
    for name in ("Single sign-on", "Connections", "SSO only", "People", "Activity", "Test connection"):
        assert name in first
    ada.goto(site.url("/admin/switch"))
    second = reached(ada)
    for name in ("Readiness", "Trial run", "Request switch"):
        assert name in second


def reached(page: Page) -> list[str]:
    """What Tab comes to, one after another, until it begins again."""
    texts: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        text = page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''")
        if texts and text == texts[0]:
            break
        texts.append(text)
    return texts
