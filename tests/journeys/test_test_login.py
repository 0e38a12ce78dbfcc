"""A provider that sends no email is diagnosed by a test and repaired by whoever made it, without a ticket."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.journeys.connecting import activate, open_step, stored
from tests.journeys.steps import expect_heading, fill_in_password, session
from tests.services.browser import sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site


@pytest.fixture
def ada(site: Site, acme: Tenant, page: Page) -> Page:
    """Alice's other account is the admin of a tenant that has passwords only; its connection has worked before."""
    site.world.save(replace(acme, policy=LoginPolicy.PASSWORD))
    site.world.account(acme, "ada", email="alice@acme.example", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/admin/"))
    fill_in_password(page, "ada", "demo-ada")
    page.get_by_role("button", name="Test connection").click()
    sign_in_at_provider(page, person("alice"))
    expect_heading(page, "The connection works")
    expect(page.get_by_role("row", name="Email email_claim email from")).to_contain_text("alice@acme.example")
    page.get_by_role("link", name="Continue").click()
    main = stored(site, acme)
    site.world.save(replace(main, provider=replace(main.provider, scopes=("openid",))))
    return page


def test_a_provider_that_sends_no_email_is_diagnosed_and_repaired(site: Site, acme: Tenant, ada: Page) -> None:
    ada.get_by_role("button", name="Test connection").click()
    expect_heading(ada, "The test failed")
    expect(ada.get_by_text("This connection does not ask for the email. Add email to its scopes")).to_be_visible()
    expect(ada.get_by_text("Came then, but not now")).to_be_visible()
    expect(ada.get_by_role("row", name="Email email_claim")).to_contain_text("Missing")

    ada.get_by_role("link", name="Open its settings").click()
    ada.get_by_role("button", name="Change", exact=True).click()
    open_step(ada, "Scopes and claims")
    ada.get_by_label("Scopes").fill("openid email")
    ada.get_by_role("button", name="Next", exact=True).click()
    ada.get_by_role("button", name="Start the test").click()
    expect_heading(ada, "The connection works")
    ada.get_by_role("link", name="Continue").click()
    activate(ada)
    ada.get_by_role("button", name="Test connection").click()
    expect_heading(ada, "The connection works")
    assert stored(site, acme).provider.scopes == ("openid", "email")
    assert session(site, ada)["method"] == "password"
