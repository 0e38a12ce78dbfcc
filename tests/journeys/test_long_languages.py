"""German and Hungarian words are long: every page of a console still fits a phone in them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from app.domain.audit.audit import Actor
from tests.fake_idp import FakeProvider
from tests.journeys.admin_views import as_admin
from tests.journeys.support_views import as_staff, crowded
from tests.journeys.views import Visit
from tests.services.site import Site

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def visit(site: Site, idp: FakeProvider, page: Page) -> Visit:
    acme = site.world.tenant("acme", name="Acme Support", email_domains=("acme.example",))
    site.world.account(acme, "alice", email="alice@acme.example", password="demo-alice")
    connection = site.world.connection(acme, idp)
    site.world.bridge.connection_keys.rotate("acme", connection.name, withdraw=False, by=Actor("acme/ada"))
    page.set_viewport_size({"width": 360, "height": 640})
    return Visit(site=site, page=page, idp=idp, acme=acme)


def too_wide(visit: Visit, console: str, language: str) -> Iterator[str]:
    """The pages whose addresses need no more than the tenant's slug."""
    visit.go(f"/?ui_locales={language}")
    for rule in visit.site.world.app.url_map.iter_rules():
        listed = rule.rule.startswith(console) and rule.arguments <= {"slug"} and "GET" in (rule.methods or ())
        if not listed or rule.rule.endswith((".csv", ".jsonl")):
            continue
        path = re.sub(r"<[^>]*>", "acme", rule.rule)
        visit.go(path)
        assert visit.page.locator("html").get_attribute("lang") == language, path
        if over := visit.page.evaluate(OVERFLOW):
            yield f"{path}: {over} pixels too wide"


def test_a_tenants_admin_reads_german_on_a_phone(visit: Visit) -> None:
    as_admin(visit, "/admin/")
    assert [*too_wide(visit, "/admin/", "de")] == []


def test_staff_read_hungarian_on_a_phone(visit: Visit) -> None:
    crowded(visit)
    as_staff(visit, "/support/")
    assert [*too_wide(visit, "/support/", "hu")] == []
