"""What holds on every page, for every eye."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.fake_idp import FakeProvider
from tests.journeys.activity_views import ACTIVITY_VIEWS
from tests.journeys.admin_views import ADMIN_VIEWS
from tests.journeys.app_views import APP_VIEWS
from tests.journeys.desk_views import DESK_VIEWS
from tests.journeys.domain_views import DOMAIN_VIEWS
from tests.journeys.password_views import PASSWORD_VIEWS
from tests.journeys.people_views import PEOPLE_VIEWS
from tests.journeys.proof_views import PROOF_VIEWS
from tests.journeys.second_factor_views import SECOND_FACTOR_VIEWS
from tests.journeys.setup_views import SETUP_VIEWS
from tests.journeys.sso_views import SSO_VIEWS
from tests.journeys.support_views import SUPPORT_VIEWS
from tests.journeys.views import VIEWS, Visit
from tests.journeys.watch import Watch, weight
from tests.services.browser import accessibility_faults
from tests.services.site import Site

EVERY_VIEW: tuple[Callable[[Visit], None], ...] = (
    *VIEWS, *PROOF_VIEWS, *PASSWORD_VIEWS, *SECOND_FACTOR_VIEWS, *SUPPORT_VIEWS, *ADMIN_VIEWS, *DESK_VIEWS,
    *ACTIVITY_VIEWS, *SSO_VIEWS, *DOMAIN_VIEWS, *SETUP_VIEWS, *PEOPLE_VIEWS, *APP_VIEWS,
)  # fmt: skip
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 360)
HEAVIEST_BYTES = 50_000
HEAVIEST_CONSOLE_BYTES = 120_000  # opened by few, all day, from the browser's cache; htmx is half of it
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """
[...document.querySelectorAll('main :is(button, input:not([type=hidden]), a.button, a.choice)')]
  .map(element => element.closest('label.check') || element)  // a box is ticked by its words, too
  .filter(element => element.checkVisibility() && element.getBoundingClientRect().height < 36)
  .map(element => element.outerHTML)
"""


@pytest.fixture
def visit(site: Site, idp: FakeProvider, page: Page) -> Visit:
    acme = site.world.tenant("acme", name="Acme Support", email_domains=("acme.example",))
    site.world.account(acme, "alice", email="alice@acme.example", password="demo-alice")
    site.world.connection(acme, idp)
    return Visit(site=site, page=page, idp=idp, acme=acme)


@pytest.mark.parametrize("view", EVERY_VIEW, ids=lambda view: view.__name__)
def test_a_page_is_accessible_light_and_dark_fits_a_phone_and_loads_little(
    visit: Visit, view: Callable[[Visit], None]
) -> None:
    page = visit.page
    view(visit)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    console = page.locator("body.console").count()
    assert weight(page) < (HEAVIEST_CONSOLE_BYTES if console else HEAVIEST_BYTES)
    assert faults(page) == []


def faults(page: Page) -> list[str]:
    """What is wrong with the page on a desk and on a phone, light and dark."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 640})
        if over := page.evaluate(OVERFLOW):
            found.append(f"{over} pixels too wide for {width}")
        found += page.evaluate(SMALL_TARGETS)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is halfway to another
            found += accessibility_faults(page)
    return found


def test_the_watch_sees_what_the_policy_forbids(visit: Visit, watch: Watch) -> None:
    visit.go("/")
    visit.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"color: red\">!</b>')")
    seen, watch.complaints = watch.complaints, []
    assert len(seen) == 1
    assert "Content Security Policy" in seen[0]
