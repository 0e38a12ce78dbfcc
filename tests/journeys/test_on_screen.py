"""What is shown once, or only when somebody asks for it: recovery codes, and a password that is being typed."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from app.domain.accounts.account import Role
from app.domain.tenants.security_policy import OF_STAFF
from app.domain.tenants.tenant import Tenant
from tests.journeys.second_factor_views import confirm, shown_phone
from tests.journeys.steps import IN, fill_in_password, password_login
from tests.journeys.test_keyboard import press, tab_to
from tests.journeys.views import Visit
from tests.services.site import Site


def acme(site: Site, **changes: object) -> Tenant:
    tenant = site.world.tenant("acme", name="Acme Support", **changes)
    site.world.account(tenant, "alice", email="alice@acme.example", password="demo-alice")
    return tenant


def test_a_password_can_be_looked_at_while_it_is_typed(site: Site, page: Page) -> None:
    acme(site)
    page.goto(site.url("/t/acme/login"))
    field, show = page.get_by_label("Password", exact=True), page.get_by_role("button", name="Show Password")
    page.get_by_label("Username").fill("alice")
    field.fill("demo-alice")
    expect(show).to_have_attribute("aria-pressed", "false")
    show.click()
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value("demo-alice")
    show.click()
    expect(field).to_have_attribute("type", "password")
    field.press("Enter")
    expect(page.get_by_text(IN, exact=True)).to_be_visible()


def test_without_a_script_there_is_no_such_button(site: Site, chromium: Browser) -> None:
    acme(site)
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(site.url("/t/acme/login"))
        expect(page.get_by_role("button", name="Show")).to_have_count(0)
        fill_in_password(page, "alice", "demo-alice")
        expect(page.get_by_text(IN, exact=True)).to_be_visible()
    finally:
        context.close()


def test_recovery_codes_are_a_file_without_a_script_and_without_a_request(site: Site, chromium: Browser) -> None:
    tenant = acme(site, security=OF_STAFF)
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        password_login(site, page, "alice", "demo-alice")
        visit = Visit(site=site, page=page, idp=None, acme=tenant)  # type: ignore[arg-type]  # no provider needed
        confirm(visit, shown_phone(visit).code())
        codes = page.locator(".codes code").all_inner_texts()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        text = Path(download.value.path()).read_text()
        assert download.value.suggested_filename == "recovery-codes-acme.txt"
        assert text.split("\n")[0].strip() == "Recovery codes for alice, Acme Support"
        assert [line for line in text.split() if line in codes] == codes
        assert len(codes) >= 8
        assert [url for url in asked if url.startswith("http")] == []
    finally:
        context.close()


def test_a_form_of_a_console_by_keyboard_alone(site: Site, page: Page) -> None:
    tenant = acme(site)
    site.world.account(tenant, "ada", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/admin/"))
    tab_to(page, "textbox", "Username")
    page.keyboard.type("ada")
    tab_to(page, "textbox", "Password")
    page.keyboard.type("demo-ada")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/$"))
    press(site, page, "link", "Skip to content")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Home")
    page.goto(site.url("/admin/"))
    press(site, page, "link", "SSO only")
    expect(page).to_have_url(re.compile("/admin/readiness"))
    press(site, page, "link", "Switch")
    tab_to(page, "textbox", "A note for support")
    page.keyboard.type("any Monday")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your request has been sent to support.")).to_be_visible()
    page.keyboard.press("Home")
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    press(site, page, "button", "Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
