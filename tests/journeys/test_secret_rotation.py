"""A client secret is rotated on screen: the next one is entered beside it, and no login fails when it takes over."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.cli.demo.provider import DemoProvider
from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.journeys.connecting import activate, in_use, open_step
from tests.journeys.steps import expect_signed_in_as, fill_in_password, oauth_login
from tests.services.canaille import person
from tests.services.site import Site

NEXT = "the next secret of the tests, 32 characters"


@pytest.fixture
def provider(canaille: DemoProvider) -> Iterator[DemoProvider]:
    """Its secret of before is there again for whoever comes next."""
    before = canaille.client_secret
    yield canaille
    canaille.client_secret = before


@pytest.fixture
def ada(site: Site, acme: Tenant, page: Page) -> Page:
    """An admin of acme, at the step of the secret."""
    site.world.account(acme, "ada", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url(f"/t/acme/login?next=/admin/sso/{in_use(site, acme).id}"))
    fill_in_password(page, "ada", "demo-ada")
    page.get_by_role("button", name="Change", exact=True).click()
    open_step(page, "Client ID and secret")
    return page


def signs_in(site: Site, page: Page) -> None:
    page.context.clear_cookies()
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")


def test_a_secret_is_rotated_without_a_failed_login(site: Site, provider: DemoProvider, ada: Page) -> None:
    ada.get_by_text("Replace the secret without a failed login").click()
    ada.get_by_label("Next client secret", exact=True).fill(NEXT)
    open_step(ada, "Test")
    expect(ada.get_by_text("These settings passed a test")).to_be_visible()
    activate(ada)
    signs_in(site, ada)
    provider.client_secret = NEXT
    provider.register(redirect_uris=provider.redirect_uris, post_logout_uris=provider.post_logout_uris)
    signs_in(site, ada)

    ada.context.clear_cookies()
    ada.goto(site.url("/t/acme/login?next=/admin/activity/changes"))
    fill_in_password(ada, "ada", "demo-ada")
    expect(ada.get_by_role("row", name="Connection changed to its next client secret")).to_have_count(1)
