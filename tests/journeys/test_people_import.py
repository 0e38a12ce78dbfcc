"""A file of 50,000 people goes in through the browser: checked row by row, confirmed, carried out by the worker."""

from playwright.sync_api import Page, expect

from app.domain.accounts.account import Role
from app.domain.accounts.people_file import ROWS_MOST
from tests.journeys.steps import expect_heading, fill_in_password
from tests.services.site import Site


def csv(rows: int) -> bytes:
    lines = [f"person.{n},person.{n}@acme.example,Person Number {n},agent" for n in range(rows)]
    return "\n".join(["username,email,name,roles", *lines]).encode()


def work(site: Site) -> None:
    """What `sso-bridge worker --once` does."""
    failed: list[Exception] = []
    site.world.bridge.jobs.run_due(lambda _, error: failed.append(error) if error else None)
    assert failed == []


def test_fifty_thousand_people_go_in(site: Site, page: Page) -> None:
    tenant = site.world.tenant("acme", name="Acme Support")
    site.world.account(tenant, "ada", password="demo-ada", roles=[Role.TENANT_ADMIN])
    page.goto(site.url("/t/acme/login?next=/admin/people"))
    fill_in_password(page, "ada", "demo-ada")
    page.get_by_role("link", name="Import a CSV file").click()
    page.get_by_label("CSV file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": csv(ROWS_MOST)}
    )
    page.get_by_role("button", name="Check file").click()
    expect_heading(page, "people.csv")
    expect(page.get_by_text("50,000 accounts are created")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("Waiting for the import to start…")).to_be_visible()

    work(site)
    expect(page.get_by_text("The import is done.")).to_be_visible()
    page.get_by_role("link", name="Show people").click()
    page.get_by_role("searchbox").fill("person.49999")
    expect(page.get_by_role("link", name="Person Number 49999")).to_be_visible()
