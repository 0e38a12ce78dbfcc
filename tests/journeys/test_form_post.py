"""An answer by `form_post` comes from another site: the login cookie stays behind until our own page posts it again."""

import pytest
from playwright.sync_api import Page, expect

from tests.fake_idp import FakeProvider
from tests.journeys.steps import CHOOSE, choose, expect_heading, expect_signed_in_as, press_oauth_login
from tests.services.site import Site


@pytest.fixture
def posting(site: Site, idp: FakeProvider) -> FakeProvider:
    """Alice has two accounts behind it."""
    acme = site.world.tenant("acme")
    site.world.account(acme, "alice", email="alice@acme.example")
    site.world.account(acme, "alice.lead", email="alice@acme.example")
    site.world.connection(acme, idp, response_mode="form_post")
    return idp


def test_the_login_goes_through_by_itself(site: Site, posting: FakeProvider, page: Page) -> None:
    posts: list[str | None] = []
    page.on("request", lambda request: posts.append(request.post_data) if request.method == "POST" else None)
    press_oauth_login(site, page)
    expect_heading(page, CHOOSE)
    assert ["reposted=1" in (data or "") for data in posts] == [False, True]
    choose(page, "alice.lead")
    expect_signed_in_as(site, page, "alice.lead")


def test_a_reload_of_the_finished_login_leads_to_the_account(site: Site, posting: FakeProvider, page: Page) -> None:
    callbacks: list[str] = []
    page.on(
        "request", lambda request: callbacks.append(request.post_data or "") if "/callback/" in request.url else None
    )
    press_oauth_login(site, page)
    choose(page, "alice")
    expect_signed_in_as(site, page, "alice")

    page.goto(site.url(f"{callback_path(posting)}?{callbacks[-1]}"))
    expect(page.get_by_text("has already been used")).to_be_visible()
    page.get_by_role("link", name="Go to your account").click()
    expect(page).to_have_url(site.url("/account"))


def callback_path(posting: FakeProvider) -> str:
    redirect_uri = dict(posting.requests("authorize")[-1].query_pairs)["redirect_uri"]
    return "/callback/" + redirect_uri.rpartition("/")[2]
