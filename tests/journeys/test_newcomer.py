"""An admin who has never seen the bridge connects her provider from nothing, and the first agent signs in by it."""

from playwright.sync_api import Page, expect

from app.cli.demo.provider import DemoProvider
from app.domain.accounts.account import Role
from app.domain.tenants.login_policy import LoginPolicy
from tests.journeys.connecting import activate, enter_address, follow_guide, trust_its_emails, try_it
from tests.journeys.steps import expect_signed_in_as, fill_in_password, oauth_login, send_raw_credentials
from tests.services.canaille import person
from tests.services.site import Site


def test_from_nothing_to_the_first_login(site: Site, canaille: DemoProvider, page: Page) -> None:
    tenant = site.world.tenant("acme", name="Acme Support", policy=LoginPolicy.SSO_OPTIONAL)
    site.world.account(tenant, "alice", email="alice@acme.example")
    site.world.account(tenant, "ada", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/admin/sso"))
    fill_in_password(page, "ada", "demo-ada")
    page.get_by_role("link", name="Choose your provider").click()
    follow_guide(site, page, canaille)
    enter_address(page, f"{canaille.issuer}/.well-known/openid-configuration")
    expect(page.get_by_text("Your provider answered, and everything fits.")).to_be_visible()

    page.get_by_label("Client ID").fill(canaille.client_id)
    page.get_by_label("Client secret", exact=True).fill(canaille.client_secret)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_text("the secret contains special characters, open “Advanced settings”")).to_be_visible()
    expect(page.get_by_text("everything fits")).to_have_count(0)
    send_raw_credentials(page)
    trust_its_emails(page)
    try_it(page)
    page.get_by_role("link", name="Continue").click()
    activate(page)
    expect(page.get_by_text("None yet")).to_be_visible()

    page.context.clear_cookies()
    oauth_login(site, page, person("alice"))
    expect_signed_in_as(site, page, "alice")
