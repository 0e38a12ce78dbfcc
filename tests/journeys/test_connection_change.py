"""A connection is changed, tested, swapped and taken back, while people go on signing in."""

import pytest
from playwright.sync_api import Page, expect

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.journeys.connecting import activate, in_use, stored, try_it
from tests.journeys.steps import fill_in_password
from tests.services.site import Site


@pytest.fixture
def ada(site: Site, acme: Tenant, page: Page) -> Page:
    """An admin of acme, whose connection has been in use."""
    in_use(site, acme)
    site.world.account(acme, "ada", email="alice@acme.example", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/admin/sso"))
    fill_in_password(page, "ada", "demo-ada")
    return page


def test_a_connection_is_changed_tested_swapped_and_taken_back(site: Site, acme: Tenant, ada: Page) -> None:
    before = stored(site, acme)
    here = site.url(f"/admin/sso/{before.id}")
    ada.goto(here)
    ada.get_by_role("button", name="Change").click()
    ada.goto(f"{here}/advanced")
    ada.get_by_text("Requests", exact=True).click()
    ada.get_by_label("Extra request parameters").fill("ui_hint = desk")
    ada.get_by_role("button", name="Save and go back to the steps").click()
    assert stored(site, acme).provider == before.provider

    ada.goto(f"{here}/test")
    try_it(ada)
    assert stored(site, acme).provider == before.provider

    ada.get_by_role("link", name="Continue").click()
    activate(ada)
    expect(ada.get_by_text("Activated.")).to_be_visible()
    swapped = stored(site, acme)
    assert swapped.provider.authorize_params == {**before.provider.authorize_params, "ui_hint": "desk"}
    assert swapped.tested

    ada.get_by_role("link", name="Undo the last change").click()
    ada.get_by_role("button", name="Go back to the version before").click()
    expect(ada.get_by_text("The version before is active again.")).to_be_visible()
    assert stored(site, acme).provider == before.provider
