"""People in Chromium, before the bridge and a provider that both run."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from app.cli.demo.provider import DemoProvider
from app.domain.tenants.tenant import Tenant
from tests.journeys.watch import Watch
from tests.services.site import Site


@pytest.fixture
def watch(site: Site) -> Watch:
    return Watch(origin=site.base_url)


@pytest.fixture(autouse=True)
def _no_page_makes_the_browser_complain(watch: Watch, browser_context: BrowserContext) -> Iterator[None]:
    watch.over(browser_context)
    yield
    watch.leave(browser_context)
    assert watch.complaints == []


@pytest.fixture
def acme(site: Site, canaille: DemoProvider) -> Tenant:
    """Acme Support, `sso_optional`, at the real provider: Alice has one account, Bob two."""
    return site.acme(canaille)
