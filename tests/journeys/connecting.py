"""Connecting a provider on screen, a function for each step: the same in a console and by a set-up link."""

import re
from dataclasses import replace

from playwright.sync_api import Page

from app.cli.demo.provider import DemoProvider
from app.domain.connections.connection import Connection
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import expect_heading, send_raw_credentials
from tests.services.browser import sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site


def stored(site: Site, tenant: Tenant) -> Connection:
    with site.world.bridge.database.read() as work:
        (main,) = work.connections.of_tenant(tenant.id)
    return main


def in_use(site: Site, tenant: Tenant) -> Connection:
    """The tenant's connection, as one that was tested before."""
    main = stored(site, tenant)
    site.world.save(replace(main, tested_at=1.0, tested_fingerprint=main.fingerprint))
    return stored(site, tenant)


def open_step(page: Page, name: str) -> None:
    """By the list of steps, which saves what was typed."""
    page.get_by_role("navigation", name="Steps").get_by_text(name).click()


def set_up(site: Site, page: Page, provider: DemoProvider) -> None:
    """From the tiles to the test."""
    follow_guide(site, page, provider)
    enter_address(page, provider.issuer)
    page.get_by_label("Client ID").fill(provider.client_id)
    page.get_by_label("Client secret", exact=True).fill(provider.client_secret)
    send_raw_credentials(page)
    trust_its_emails(page)


def follow_guide(site: Site, page: Page, provider: DemoProvider) -> None:
    """What the guide gives to copy is what the provider accepts from then on."""
    page.locator("button[name=preset][value=oidc]").click()
    page.wait_for_url("**/guide")
    redirect_uri = page.locator(".guide code").filter(has_text="/callback/").inner_text()
    provider.register(redirect_uris=[redirect_uri], post_logout_uris=[site.url("/logged-out")])
    page.get_by_role("link", name=re.compile("Next")).click()


def enter_address(page: Page, address: str) -> None:
    page.get_by_label("Issuer or discovery URL").fill(address)
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_url("**/client*")


def trust_its_emails(page: Page) -> None:
    """Canaille never says that it has verified one."""
    open_step(page, "Scopes and claims")
    page.wait_for_url("**/claims*")
    page.get_by_label("Which emails count").select_option("always")
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_url("**/test*")


def try_it(page: Page) -> None:
    """To the provider and back."""
    page.get_by_role("button", name="Start the test").click()
    sign_in_at_provider(page, person("alice"))
    page.wait_for_url("**/account/check")
    expect_heading(page, "The connection works")


def activate(page: Page) -> None:
    page.get_by_role("link", name="Next: Activate").click()
    page.get_by_role("button", name="Activate", exact=True).click()
    page.wait_for_url("**?activated")
