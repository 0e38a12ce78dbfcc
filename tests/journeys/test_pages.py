"""What holds on every page, for every eye."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.web.pages import STATIC
from tests.fake_idp import FakeProvider
from tests.journeys.activity_views import ACTIVITY_VIEWS
from tests.journeys.admin_views import ADMIN_VIEWS
from tests.journeys.app_views import APP_VIEWS
from tests.journeys.connected_views import CONNECTED_VIEWS
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
from tests.services.browser import DESK, accessibility_faults, colour_faults, newcomer
from tests.services.site import Site

EVERY_VIEW: tuple[Callable[[Visit], None], ...] = (
    *VIEWS, *PROOF_VIEWS, *PASSWORD_VIEWS, *SECOND_FACTOR_VIEWS, *SUPPORT_VIEWS, *ADMIN_VIEWS, *DESK_VIEWS,
    *ACTIVITY_VIEWS, *SSO_VIEWS, *DOMAIN_VIEWS, *SETUP_VIEWS, *PEOPLE_VIEWS, *APP_VIEWS, *CONNECTED_VIEWS,
)  # fmt: skip
WIDTHS = (1280, 360)
HEAVIEST_BYTES = 50_000
HEAVIEST_CONSOLE_BYTES = 120_000  # opened by few, all day, from the browser's cache; htmx is half of it
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OTHER_THAN_COLOURS = """
text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  const set = rules => [...rules].flatMap(rule => [
    ...[...(rule.style || [])].map(name => [name, rule.style.getPropertyValue(name).trim()]),
    ...set(rule.cssRules || []),
  ]);
  return [...sheet.cssRules]
    .filter(rule => rule.cssText.includes('prefers-color-scheme'))
    .flatMap(rule => set(rule.cssRules))
    .filter(([name, value]) => !name.startsWith('--')
      || !(CSS.supports('color', value) || CSS.supports('box-shadow', value)))
    .map(([name, value]) => `${name}: ${value}`);
}
"""
SMALL_TARGETS = """
[...document.querySelectorAll('main :is(button, input:not([type=hidden]), a.button, a.choice)')]
  .map(element => element.closest('label.check') || element)  // a box is ticked by its words, too
  .filter(element => element.checkVisibility() && element.getBoundingClientRect().height < 36)
  .map(element => element.outerHTML)
"""


@pytest.fixture(scope="module")
def one_page(chromium: Browser) -> Iterator[Page]:
    with newcomer(chromium) as context:
        yield context.new_page()


@pytest.fixture
def browser_context(one_page: Page) -> Iterator[BrowserContext]:
    """The same for every view, as good as new: to open one takes longer than to look at most of the pages."""
    one_page.set_viewport_size(DESK)
    one_page.emulate_media(color_scheme="null", reduced_motion="null")
    yield one_page.context
    assert one_page.context.pages == [one_page]
    one_page.unroute_all()
    one_page.goto("about:blank")
    one_page.context.clear_cookies()


@pytest.fixture
def page(one_page: Page, browser_context: BrowserContext) -> Page:
    return one_page


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
    """What is wrong with the page on a desk and on a phone, light and dark: which differ in colours alone."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 640})
        if over := page.evaluate(OVERFLOW):
            found.append(f"{over} pixels too wide for {width}")
        found += page.evaluate(SMALL_TARGETS)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")  # no colour is halfway to another
        found += accessibility_faults(page)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += colour_faults(page)
    return found


def test_the_two_schemes_differ_in_colours_alone(page: Page) -> None:
    text = "\n".join(sheet.read_text() for sheet in STATIC.glob("*.css"))
    assert page.evaluate(OTHER_THAN_COLOURS, text) == []
    broken = "@media (prefers-color-scheme: dark) { nav { a { display: none } --page: #000; --gap: 2px } }"
    assert page.evaluate(OTHER_THAN_COLOURS, broken) == ["display: none", "--gap: 2px"]


def test_the_watch_sees_what_the_policy_forbids(visit: Visit, watch: Watch) -> None:
    visit.go("/")
    visit.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b style=\"color: red\">!</b>')")
    seen, watch.complaints = watch.complaints, []
    assert len(seen) == 1
    assert "Content Security Policy" in seen[0]
