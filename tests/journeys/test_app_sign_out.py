"""An app sends a person to sign out, and the bridge asks first."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from app.domain.tenants.tenant import Tenant
from tests.integration.oauth2.issued import DESK, authorized
from tests.journeys.steps import expect_heading, expect_signed_in_as, password_login, sign_out
from tests.journeys.test_pages import faults
from tests.services.site import Site

BACK = "https://localhost:1/bye"  # Nothing answers there: that the browser asks is enough.
PASSWORD = "demo-alice"


@pytest.fixture
def acme(site: Site, page: Page) -> Tenant:
    """Alice is signed in."""
    acme = site.world.tenant("acme", name="Acme Support")
    site.world.account(acme, "alice", email="alice@acme.example", password=PASSWORD)
    password_login(site, page, "alice", PASSWORD)
    return acme


def test_a_link_that_signs_out_asks_first(site: Site, page: Page, acme: Tenant) -> None:
    page.goto(site.url("/oauth2/logout"))
    expect_heading(page, "Sign out?")
    assert faults(page) == []
    page.get_by_role("link", name="Stay signed in").click()
    expect_signed_in_as(site, page, "alice")
    page.goto(site.url("/oauth2/logout"))
    sign_out(page)
    expect_heading(page, "You are signed out")


def test_after_the_question_the_person_returns_to_the_app_that_asked(site: Site, page: Page, acme: Tenant) -> None:
    """The page's policy lets its form be redirected there."""
    with site.world.bridge.database.write() as work:
        work.clients.save(replace(DESK, post_logout_redirect_uris=(BACK,)))
    of_another_session = site.world.bridge.oauth2.token_signer.id_token(authorized("openid"))
    query = f"id_token_hint={of_another_session}&post_logout_redirect_uri={BACK}&state=s"
    page.goto(site.url(f"/oauth2/logout?{query}"))
    expect(page.get_by_text("Agent Desk")).to_be_visible()
    assert faults(page) == []
    with page.expect_event("requestfailed") as left:
        sign_out(page)
    assert left.value.url == f"{BACK}?state=s"
