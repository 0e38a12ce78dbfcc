"""A connection is changed, tested, swapped and taken back, while people go on signing in."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from app.domain.accounts.account import Role
from app.domain.connections.connection import Connection
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import fill_in_password
from tests.services.browser import sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site


@pytest.fixture
def ada(site: Site, acme: Tenant, page: Page) -> Page:
    """An admin of acme, whose connection has been in use."""
    main = stored(site, acme)
    site.world.save(replace(main, tested_at=1.0, tested_fingerprint=main.fingerprint))
    site.world.account(acme, "ada", email="alice@acme.example", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/admin/sso"))
    fill_in_password(page, "ada", "demo-ada")
    return page


def stored(site: Site, tenant: Tenant) -> Connection:
    with site.world.bridge.database.read() as work:
        (main,) = work.connections.of_tenant(tenant.id)
    return main


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
    ada.get_by_role("button", name="Start the test").click()
    sign_in_at_provider(ada, person("alice"))
    expect(ada.get_by_role("heading", level=1)).to_have_text("The connection works")
    assert stored(site, acme).provider == before.provider

    ada.goto(f"{here}/activate")
    ada.get_by_role("button", name="Activate", exact=True).click()
    expect(ada.get_by_text("Activated.")).to_be_visible()
    swapped = stored(site, acme)
    assert swapped.provider.authorize_params == {**before.provider.authorize_params, "ui_hint": "desk"}
    assert swapped.tested

    ada.get_by_role("link", name="Undo the last change").click()
    ada.get_by_role("button", name="Go back to the version before").click()
    expect(ada.get_by_text("The version before is active again.")).to_be_visible()
    assert stored(site, acme).provider == before.provider
