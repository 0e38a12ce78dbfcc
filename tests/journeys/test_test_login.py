"""A provider that sends no email is diagnosed by a test, repaired, and tested again, without a ticket."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from app.domain.accounts.account import Role
from app.domain.connections.connection import Connection
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import expect_heading, fill_in_password, session
from tests.services.browser import sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site


@pytest.fixture
def ada(site: Site, acme: Tenant, page: Page) -> Page:
    """Alice's other account is the admin of a tenant that has passwords only."""
    site.world.save(replace(acme, policy=LoginPolicy.PASSWORD))
    site.world.account(acme, "ada", email="alice@acme.example", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/admin/"))
    fill_in_password(page, "ada", "demo-ada")
    return page


def connection(site: Site, tenant: Tenant) -> Connection:
    with site.world.bridge.database.read() as work:
        (main,) = work.connections.of_tenant(tenant.id)
    return main


def test_a_provider_that_sends_no_email_is_diagnosed_and_repaired(site: Site, acme: Tenant, ada: Page) -> None:
    main = connection(site, acme)
    ada.get_by_role("button", name="Test connection").click()
    sign_in_at_provider(ada, person("alice"))
    expect_heading(ada, "The connection works")
    expect(ada.get_by_role("row", name="Email email_claim email from")).to_contain_text("alice@acme.example")
    ada.get_by_role("link", name="Continue").click()

    tested = connection(site, acme)
    site.world.save(replace(tested, provider=replace(main.provider, scopes=("openid",))))
    ada.get_by_role("button", name="Test connection").click()
    expect_heading(ada, "The test failed")
    expect(ada.get_by_text("This connection does not ask for the email.")).to_be_visible()
    expect(ada.get_by_text("Came then, but not now")).to_be_visible()
    expect(ada.get_by_role("row", name="Email email_claim")).to_contain_text("Missing")

    site.world.save(replace(connection(site, acme), provider=main.provider))
    ada.get_by_role("button", name="Test again").click()
    expect_heading(ada, "The connection works")
    assert session(site, ada)["method"] == "password"
