"""From an app to the bridge and back, in Chromium: consent, another account, and the answer by a form."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Tenant
from tests.fake_idp import FakeProvider
from tests.journeys.steps import CHOOSE, choose, expect_heading, fill_in_password, oauth_login
from tests.oauth2_app import OAuth2App
from tests.services.canaille import person
from tests.services.process import LOOPBACK, free_port
from tests.services.site import Site, serving

OWN_SCHEME = "com.example.wallboard:/callback"
WELCOME = "Welcome to the wallboard"


@dataclass
class Wallboard:
    """An app on this computer, which notes what it is told."""

    app: OAuth2App
    port: int
    told: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204  # WSGI's shape
        asked = Request(environ)
        if asked.path == "/callback":
            self.told.append({**asked.args.to_dict(), **asked.form.to_dict()})
        page = f"<!doctype html><html lang=en><title>Wallboard</title><h1>{WELCOME}</h1>"
        return Response(page, mimetype="text/html")(environ, start_response)

    def url(self, site: Site, **changes: str | None) -> str:
        here = {"redirect_uri": f"http://{LOOPBACK}:{self.port}/callback"}
        return site.url(f"/oauth2/authorize?{urlencode(self.app.parameters(**{**here, **changes}))}")


@pytest.fixture
def wallboard(site: Site) -> Iterator[Wallboard]:
    app = OAuth2App.registered(
        site.world, "wallboard", name="Wallboard", redirect_uris=(f"http://{LOOPBACK}/callback",), trusted=False
    )
    made = Wallboard(app, free_port())
    with serving(make_server(LOOPBACK, made.port, made)):
        yield made


def test_alice_signs_in_with_her_password_allows_it_and_is_in_the_app(
    site: Site, acme: Tenant, wallboard: Wallboard, page: Page
) -> None:
    """Chromium holds each of these redirects against the policy of the form that began them."""
    page.goto(wallboard.url(site, tenant="acme", scope="openid email"))
    fill_in_password(page, "alice", "demo-alice")
    expect_heading(page, "Allow Wallboard to access your account?")
    expect(page.get_by_text("See your email address")).to_be_visible()
    page.get_by_role("button", name="Allow").click()

    expect_heading(page, WELCOME)
    assert set(wallboard.told[-1]) == {"code", "state", "iss"}


def test_alice_says_no_by_keyboard_and_the_app_is_told(
    site: Site, acme: Tenant, wallboard: Wallboard, page: Page
) -> None:
    oauth_login(site, page, person("alice"))
    page.goto(wallboard.url(site))
    page.get_by_role("button", name="Deny").focus()
    page.keyboard.press("Enter")

    expect_heading(page, WELCOME)
    assert wallboard.told[-1]["error"] == "access_denied"


def test_alice_comes_from_a_provider_that_answers_with_a_form(
    site: Site, idp: FakeProvider, wallboard: Wallboard, page: Page
) -> None:
    """It brings none of our cookies, so the page that posts it again does not know which app waits."""
    wallboard.app.save(trusted=True)
    globex = site.world.tenant("globex", policy=LoginPolicy.SSO_ONLY)
    site.world.account(globex, "alice", email="alice@acme.example")
    site.world.connection(globex, idp, response_mode="form_post")
    page.goto(wallboard.url(site, tenant="globex"))

    expect_heading(page, WELCOME)
    assert set(wallboard.told[-1]) == {"code", "state", "iss"}


def test_alice_comes_from_such_a_provider_to_an_app_with_a_scheme_of_its_own(
    site: Site, idp: FakeProvider, wallboard: Wallboard, page: Page
) -> None:
    """Chromium has no program for it here, but looks for one. The page that posts again may lead to ourselves only."""
    wallboard.app.save(trusted=True, redirect_uris=(OWN_SCHEME,))
    globex = site.world.tenant("globex", policy=LoginPolicy.SSO_ONLY)
    site.world.account(globex, "alice", email="alice@acme.example")
    site.world.connection(globex, idp, response_mode="form_post")
    with page.expect_request(lambda request: request.url.startswith(f"{OWN_SCHEME}?code=")) as asked:
        page.goto(wallboard.url(site, tenant="globex", redirect_uri=OWN_SCHEME))

    expect(page.get_by_role("link", name="Continue")).to_have_attribute("href", asked.value.url)
    page.goto(site.url("/session"))
    expect(page.get_by_text("alice@acme.example")).to_be_visible()


def test_bob_changes_to_his_other_account_on_the_way(
    site: Site, acme: Tenant, wallboard: Wallboard, page: Page
) -> None:
    wallboard.app.save(trusted=True)
    oauth_login(site, page, person("bob"))
    choose(page, "bob")
    page.goto(wallboard.url(site, prompt="select_account"))
    expect_heading(page, CHOOSE)
    choose(page, "bob.supervisor")

    expect_heading(page, WELCOME)
    assert wallboard.told[-1]["code"]
    page.goto(site.url("/session"))
    expect(page.get_by_text("bob.supervisor")).to_be_visible()


def test_an_answer_by_form_post_sends_itself(site: Site, acme: Tenant, wallboard: Wallboard, page: Page) -> None:
    wallboard.app.save(trusted=True)
    oauth_login(site, page, person("alice"))
    page.goto(wallboard.url(site, response_mode="form_post"))

    expect_heading(page, WELCOME)
    assert page.url == f"http://{LOOPBACK}:{wallboard.port}/callback"
    assert wallboard.told[-1]["code"]
