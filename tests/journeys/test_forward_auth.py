"""A login for an app behind forward-auth, on a host of its own, goes on to that app whatever way it took."""

import pytest
from playwright.sync_api import Page, Request

from app.domain.connections.connection import ResponseMode
from tests.fake_idp import FakeProvider
from tests.journeys.steps import choose, fill_in_password
from tests.services.site import Site

APP = "https://localhost:1/desk"  # Nothing answers there: that the browser asks is enough.
LOGIN = "next=https%3A%2F%2Flocalhost%3A1%2Fdesk"
BEHIND = pytest.mark.parametrize("site", [{"forward_auth_hosts": ("localhost:1",)}], indirect=True)


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the browser asked the app for."""
    urls: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(APP):
            urls.append(request.url)

    page.on("requestfailed", note)
    return urls


def fill(site: Site, idp: FakeProvider, *, response_mode: ResponseMode = "query") -> None:
    acme = site.world.tenant("acme")
    for username in ("alice", "alice.lead"):
        site.world.account(acme, username, email="alice@acme.example", password="demo-alice")
    site.world.connection(acme, idp, response_mode=response_mode)


@BEHIND
def test_after_a_password(site: Site, idp: FakeProvider, page: Page, asked: list[str]) -> None:
    fill(site, idp)
    page.goto(site.url(f"/t/acme/login?{LOGIN}"))
    with page.expect_event("requestfailed"):
        fill_in_password(page, "alice", "demo-alice")
    assert asked == [APP]


@BEHIND
def test_after_the_chooser(site: Site, idp: FakeProvider, page: Page, asked: list[str]) -> None:
    fill(site, idp)
    page.goto(site.url(f"/t/acme/oauth/login?{LOGIN}"))
    with page.expect_event("requestfailed"):
        choose(page, "alice")
    assert asked == [APP]


@BEHIND
def test_after_an_answer_that_was_posted_again(site: Site, idp: FakeProvider, page: Page, asked: list[str]) -> None:
    fill(site, idp, response_mode="form_post")
    idp.person("bob", email="bob@acme.example")
    site.world.account(site.world.bridge.tenant_lookup.options("acme").tenant, "bob", email="bob@acme.example")
    with page.expect_event("requestfailed"):
        page.goto(site.url(f"/t/acme/oauth/login?{LOGIN}"))
    assert asked == [APP]
