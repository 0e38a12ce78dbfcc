"""Support switches a tenant to SSO only while its agents are at work, and back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.journeys.steps import (
    REFUSED,
    choose,
    expect_heading,
    expect_signed_in_as,
    fill_in_password,
    oauth_login,
    password_login,
    reason_of,
    session,
)
from tests.journeys.watch import Watch
from tests.services.browser import STEP_MILLISECONDS
from tests.services.canaille import person
from tests.services.site import Site


@pytest.fixture
def colleague(chromium: Browser, watch: Watch) -> Iterator[Page]:
    """Somebody else's browser."""
    context = chromium.new_context()
    context.set_default_timeout(STEP_MILLISECONDS)
    watch.over(context)
    yield context.new_page()
    context.close()


def switch(site: Site, policy: LoginPolicy) -> int:
    """As support does; how many sessions it ended."""
    switched = site.world.bridge.enforcement.switch("acme", policy, actor="sam", reason="the customer asked")
    return switched.sessions_ended


def test_sso_only_ends_passwords_at_once_and_keeps_the_others_at_work(
    site: Site, acme: Tenant, page: Page, colleague: Page
) -> None:
    password_login(site, page, "alice", "demo-alice")
    expect_signed_in_as(site, page, "alice")
    oauth_login(site, colleague, person("bob"))
    choose(colleague, "bob.supervisor")
    expect_signed_in_as(site, colleague, "bob.supervisor")

    assert switch(site, LoginPolicy.SSO_ONLY) == 1

    page.reload()
    expect_heading(page, "Sign in")
    expect(page.get_by_text("Your session has ended. Sign in again.")).to_be_visible()
    assert session(site, page) == {}
    colleague.reload()
    expect_signed_in_as(site, colleague, "bob.supervisor")

    page.goto(site.url("/t/acme/login"))
    expect(page.get_by_label("Password")).to_have_count(0)
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")


def test_a_form_that_was_open_before_the_switch_opens_nothing(
    site: Site, acme: Tenant, page: Page, colleague: Page
) -> None:
    oauth_login(site, colleague, person("alice"))
    page.goto(site.url("/t/acme/login"))
    switch(site, LoginPolicy.SSO_ONLY)
    fill_in_password(page, "alice", "demo-alice")
    expect_heading(page, REFUSED)
    assert reason_of(site, page) == "password_not_allowed"
    page.get_by_role("link", name="Back to sign-in").click()
    expect(page).to_have_url(site.url("/t/acme/login"))


def test_after_the_way_back_passwords_open_again_but_no_old_session(
    site: Site, acme: Tenant, page: Page, colleague: Page
) -> None:
    oauth_login(site, colleague, person("alice"))
    password_login(site, page, "bob", "demo-bob")
    expect_signed_in_as(site, page, "bob")
    switch(site, LoginPolicy.SSO_ONLY)
    switch(site, LoginPolicy.SSO_OPTIONAL)

    page.reload()
    assert session(site, page) == {}
    password_login(site, page, "bob", "demo-bob")
    expect_signed_in_as(site, page, "bob")
    colleague.reload()
    expect_signed_in_as(site, colleague, "alice")
