"""What an agent does every morning, and what stops one."""

from playwright.sync_api import BrowserContext, Page, expect

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.fake_idp import FakeProvider
from tests.journeys.steps import (
    CHOOSE,
    REFUSED,
    choose,
    expect_heading,
    expect_signed_in_as,
    fill_in_password,
    oauth_login,
    password_login,
    press_oauth_login,
    reason_of,
    session,
    sign_out,
)
from tests.services.browser import sign_in_at_provider
from tests.services.canaille import person
from tests.services.site import Site


def test_alice_finds_her_workspace_by_her_email_and_is_in(site: Site, acme: Tenant, page: Page) -> None:
    page.goto(site.url("/"))
    page.get_by_label("Workspace or work email").fill("alice@acme.example")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="OAuth Login").click()
    sign_in_at_provider(page, person("alice"))
    expect_signed_in_as(site, page, "alice")
    assert session(site, page)["method"] == "sso"


def test_a_login_goes_on_to_the_page_that_was_asked_for(site: Site, acme: Tenant, page: Page) -> None:
    page.goto(site.url("/t/acme/login?next=%2Fsession"))
    page.get_by_role("link", name="OAuth Login").click()
    sign_in_at_provider(page, person("alice"))
    expect(page).to_have_url(site.url("/session"))


def test_bob_chooses_between_his_two_accounts_and_changes_over(site: Site, acme: Tenant, page: Page) -> None:
    oauth_login(site, page, person("bob"))
    expect_heading(page, CHOOSE)
    expect(page.get_by_text("bob@acme.example")).to_be_visible()
    choose(page, "bob.supervisor")
    expect_signed_in_as(site, page, "bob.supervisor")

    choose(page, "bob")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bob")
    expect_signed_in_as(site, page, "bob")


def test_the_account_of_last_time_stands_first_and_is_not_taken(site: Site, acme: Tenant, page: Page) -> None:
    oauth_login(site, page, person("bob"))
    choose(page, "bob.supervisor")
    expect_signed_in_as(site, page, "bob.supervisor")

    press_oauth_login(site, page)  # still signed in at the provider
    expect_heading(page, CHOOSE)
    first = page.get_by_role("main").get_by_role("button").first
    expect(first).to_contain_text("bob.supervisor")
    expect(first).to_contain_text("Last choice")


def test_an_account_made_later_appears_in_the_chooser(site: Site, acme: Tenant, page: Page) -> None:
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")
    site.world.account(acme, "alice.lead", email="alice@acme.example", roles=(Role.SUPERVISOR,))

    press_oauth_login(site, page)
    expect_heading(page, CHOOSE)
    choose(page, "alice.lead")
    expect_signed_in_as(site, page, "alice.lead")


def test_somebody_without_an_account_reads_what_to_do(site: Site, acme: Tenant, page: Page) -> None:
    oauth_login(site, page, person("nina"))
    expect_heading(page, REFUSED)
    expect(page.get_by_text("you don't have an account here yet")).to_be_visible()
    assert reason_of(site, page) == "no_account"
    assert session(site, page) == {}


def test_an_address_that_changed_hands_waits_for_the_admin(site: Site, idp: FakeProvider, page: Page) -> None:
    acme = site.world.tenant("acme")
    site.world.account(acme, "alice", email="alice@acme.example")
    site.world.connection(acme, idp)
    press_oauth_login(site, page)
    expect_signed_in_as(site, page, "alice")
    sign_out(page)
    idp.person("another alice", email="alice@acme.example")

    press_oauth_login(site, page)
    expect_heading(page, REFUSED)
    assert reason_of(site, page) == "held_new_subject"
    assert session(site, page) == {}


def test_a_wrong_password_is_said_on_the_form_and_the_right_one_opens(site: Site, acme: Tenant, page: Page) -> None:
    password_login(site, page, "alice", "not hers")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("password")
    assert reason_of(site, page) == "wrong_password"
    expect(page.get_by_label("Username")).to_have_value("alice")
    expect(page.get_by_label("Password")).to_be_focused()

    fill_in_password(page, "alice", "demo-alice")
    expect_signed_in_as(site, page, "alice")


def test_two_tabs_that_log_in_at_once_both_arrive(
    site: Site, idp: FakeProvider, browser_context: BrowserContext
) -> None:
    acme = site.world.tenant("acme")
    site.world.account(acme, "alice", email="alice@acme.example")
    site.world.account(acme, "alice.lead", email="alice@acme.example")
    site.world.connection(acme, idp)
    idp.signed_in = None  # the provider's page stays, as while somebody types
    tabs = [browser_context.new_page() for _ in range(2)]
    for tab in tabs:
        press_oauth_login(site, tab)
        expect(tab.get_by_text("Sign in")).to_be_visible()

    idp.signed_in = "alice"
    for tab in tabs:
        tab.reload()
        expect_heading(tab, CHOOSE)
    for tab, username in zip(tabs, ("alice", "alice.lead"), strict=True):
        choose(tab, username)
        expect_signed_in_as(site, tab, username)
