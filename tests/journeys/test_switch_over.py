"""A whole switch-over: the tenant asks, support observes, plans and switches, a login fails and is looked up, and back.

Three people at three browsers, at a real provider; the worker's clock is moved instead of waited for.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.contracts.audit.audited import broken
from tests.journeys.steps import (
    REFUSED,
    expect_heading,
    expect_signed_in_as,
    fill_in_password,
    oauth_login,
    password_login,
    session,
)
from tests.journeys.watch import Watch
from tests.services.browser import STEP_MILLISECONDS, sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site

STAFF_PASSWORD = "what staff type"
SWITCH = "/support/tenants/acme/switch"
IN_S = 1200
"""Not longer: the provider keeps real time, and its answers must not look old."""


@pytest.fixture
def somebody(chromium: Browser, watch: Watch) -> Iterator[Callable[[], Page]]:
    """Each who comes has a browser of their own."""
    contexts: list[BrowserContext] = []

    def arrive() -> Page:
        contexts.append(chromium.new_context())
        contexts[-1].set_default_timeout(STEP_MILLISECONDS)
        watch.over(contexts[-1])
        return contexts[-1].new_page()

    yield arrive
    for context in contexts:
        context.close()


def test_a_whole_switch_over_and_back(site: Site, acme: Tenant, page: Page, somebody: Callable[[], Page]) -> None:
    world = site.world
    world.account(acme, "ada", email="ada@acme.example", password="demo-ada", roles=[Role.TENANT_ADMIN])
    staff = world.tenant("staff", name="Vendor")
    world.account(staff, "sam", password=STAFF_PASSWORD, roles=[Role.SUPPORT])
    alice, ada, sam = page, somebody(), somebody()

    the_admin_tests_the_provider_and_asks(site, ada)
    support_observes(site, sam)
    an_agent_finds_that_it_works(site, alice)
    at = support_plans_it(site, sam)
    the_login_page_says_so(site, somebody(), at)

    world.clock.forward(IN_S + 60)
    assert world.bridge.switching.carry_out_due() == 1
    alice.goto(site.url("/account"))
    assert session(site, alice) == {}
    alice.goto(site.url("/t/acme/login"))
    expect(alice.get_by_label("Password")).to_have_count(0)
    alice.get_by_role("link", name="OAuth Login").click()  # the provider knows her from the proof
    expect_signed_in_as(site, alice, "alice")

    reference = somebody_without_an_account_fails(site, somebody())
    support_looks_it_up_and_switches_back(site, sam, reference)
    password_login(site, somebody_else := somebody(), "bob", "demo-bob")
    expect_signed_in_as(site, somebody_else, "bob")
    the_admin_reads_what_was_done(site, ada)
    assert not broken(world.bridge.audit)


def the_admin_tests_the_provider_and_asks(site: Site, ada: Page) -> None:
    password_login(site, ada, "ada", "demo-ada")
    ada.goto(site.url("/admin/readiness"))
    expect(ada.get_by_text("No one has signed in with the current settings of main.")).to_be_visible()
    ada.get_by_role("link", name="Single sign-on").click()
    ada.get_by_role("button", name="Test connection: main").click()
    sign_in_at_provider(ada, person("ada"))
    ada.wait_for_url(f"{site.base_url}/**")
    expect_heading(ada, "The connection works")
    expect(ada.get_by_text("Your own account is one of them")).to_be_visible()
    ada.get_by_role("link", name="Continue").click()
    ada.get_by_role("link", name="SSO only", exact=True).click()
    ada.get_by_role("link", name="Switch", exact=True).click()
    expect(ada.get_by_text("No blockers found.")).to_be_visible()
    ada.get_by_label("A note for support").fill("Next Monday would suit us")
    ada.get_by_role("button", name="Request switch").click()
    expect(ada.get_by_text("Your request has been sent to support.")).to_be_visible()


def support_observes(site: Site, sam: Page) -> None:
    sam.goto(site.url(SWITCH))
    fill_in_password(sam, "sam", STAFF_PASSWORD)
    expect(sam.get_by_text("Next Monday would suit us")).to_be_visible()
    sam.get_by_role("link", name="Trial run").click()
    sam.get_by_label("Reason").fill("ticket 4711")
    sam.get_by_role("button", name="Start observing").click()
    expect(sam.get_by_text("Observing").first).to_be_visible()


def an_agent_finds_that_it_works(site: Site, alice: Page) -> None:
    password_login(site, alice, "alice", "demo-alice")
    expect_heading(alice, "Does OAuth Login work for you?")
    alice.get_by_role("button", name="Check OAuth Login").click()
    sign_in_at_provider(alice, person("alice"))
    alice.wait_for_url(f"{site.base_url}/**")
    expect_heading(alice, "OAuth Login works for you")
    alice.get_by_role("link", name="Continue").click()
    expect_signed_in_as(site, alice, "alice")
    assert session(site, alice)["method"] == "password", "a proof changes nothing"


def support_plans_it(site: Site, sam: Page) -> datetime:
    sam.goto(site.url(SWITCH))
    expect(sam.get_by_text("50% proven: 2 of 4 people")).to_be_visible()
    at = datetime.fromtimestamp(site.world.clock.now() + IN_S, tz=UTC).replace(second=0, microsecond=0)
    sam.get_by_label("SSO only", exact=True).check()
    sam.get_by_label("At the time below").check()
    sam.get_by_label("Date and time (UTC)").fill(at.strftime("%Y-%m-%dT%H:%M"))
    sam.locator("#switch").get_by_label("Reason").fill("ticket 4711")
    sam.get_by_role("button", name="Review switch").click()
    expect(sam.get_by_text("opened with a password").first).to_be_visible()
    sam.get_by_role("button", name="Plan").click()
    expect(sam.get_by_role("heading", name="Planned:")).to_be_visible()
    return at


def the_login_page_says_so(site: Site, visitor: Page, at: datetime) -> None:
    visitor.goto(site.url("/t/acme/login"))
    expect(visitor.get_by_text("this workspace will accept OAuth Login only")).to_contain_text(str(at.year))
    expect(visitor.get_by_label("Password")).to_be_visible()


def somebody_without_an_account_fails(site: Site, nina: Page) -> str:
    oauth_login(site, nina, person("nina"))
    expect_heading(nina, REFUSED)
    reference = nina.locator("[data-reference]").get_attribute("data-reference")
    assert reference
    return reference


def support_looks_it_up_and_switches_back(site: Site, sam: Page, reference: str) -> None:
    sam.goto(site.url("/support/references"))
    sam.get_by_label("Reference").fill(reference)
    sam.keyboard.press("Enter")
    expect(sam.get_by_text("no_account").first).to_be_visible()
    expect(sam.get_by_text("last successful login")).to_be_visible()
    sam.goto(site.url(SWITCH))
    sam.get_by_role("link", name="Confirm it's you", exact=True).click()  # a while has passed
    sam.get_by_label("Password").fill(STAFF_PASSWORD)
    sam.get_by_role("button").last.click()
    sam.get_by_label("SSO or password", exact=True).check()
    sam.locator("#switch").get_by_label("Reason").fill("they wait for Nina's account")
    sam.get_by_role("button", name="Review switch").click()
    sam.get_by_role("button", name="Switch acme now").click()
    expect(sam.get_by_text("by staff/sam: they wait for Nina's account")).to_be_visible()


def the_admin_reads_what_was_done(site: Site, ada: Page) -> None:
    ada.context.clear_cookies()
    password_login(site, ada, "ada", "demo-ada")
    ada.goto(site.url("/admin/activity/changes"))
    for why in ("they wait for Nina's account", "ticket 4711", "Next Monday would suit us"):
        expect(ada.get_by_text(why).first).to_be_visible()
