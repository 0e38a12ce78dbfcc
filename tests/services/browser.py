"""Debian's Chromium, driven by Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from app.cli.demo.people import Person

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",  # Chromium refuses to run as root otherwise.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parents[1] / "journeys" / "vendor" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """
tags => axe.run({runOnly: {type: 'rule', values: %s.map(rule => rule.ruleId)}, resultTypes: ['violations']})
  .then(({violations}) => violations.map(({id, help, nodes}) => ({id, help, nodes: nodes.map(node => node.html)})))
"""
DESK = ViewportSize(width=1280, height=800)
STEP_MILLISECONDS = 60_000


def accessibility_faults(page: Page) -> list[str]:
    """What axe-core finds on the page as it is: `rule: what is wrong: where`, a line each."""
    return _faults(page, "axe.getRules(tags)")


def colour_faults(page: Page) -> list[str]:
    """The same by the rules that look at colours, for a page whose other colour scheme is known to be right."""
    return _faults(page, "axe.getRules(tags).filter(rule => rule.tags.includes('cat.color'))")


def _faults(page: Page, rules: str) -> list[str]:
    """By the rules' names, because some of WCAG 2.2 only run when they are asked for."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text() + "; undefined")
    found = page.evaluate(RUN % rules, WCAG)
    return [f"{rule['id']}: {rule['help']}: {html}" for rule in found for html in rule["nodes"]]


def sign_in_at_provider(page: Page, who: Person) -> None:
    """Fill in the provider's two pages; the browser then goes on to the callback by itself."""
    page.get_by_label("Login").fill(who.username)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Password", exact=True).fill(who.password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def newcomer(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=DESK, locale="en-GB")
    context.set_default_timeout(STEP_MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who has never been here; more pages in it share its cookies."""
    with newcomer(chromium) as context:
        yield context


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """One tab."""
    return browser_context.new_page()
