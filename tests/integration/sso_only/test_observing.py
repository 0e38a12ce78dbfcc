"""Observe mode: passwords work as before, each says what would have come, and one click shows whether SSO would do."""

from dataclasses import dataclass, replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status, Tenant
from tests.builders import BASE_URL, World, hidden_fields
from tests.fake_idp import FakeProvider

ALICE = "alice@acme.example"
PASSWORD = "correct horse battery staple"
OFFER = "/account/try-sso"


@dataclass
class Observed:
    """acme, which observes since now; alice came with a password."""

    world: World
    idp: FakeProvider
    tenant: Tenant
    alice: Account
    main: Connection
    browser: FlaskClient

    def log_in(self, onward: str = "/account?from=desk") -> TestResponse:
        page = self.browser.get("/t/acme/login", query_string={"next": onward})
        fields = {**hidden_fields(page), "username": "alice", "password": PASSWORD}
        return self.browser.post("/t/acme/login", data=fields)

    def press(self, page: TestResponse, connection: str = "main") -> TestResponse:
        """The button; out and back."""
        out = self.browser.post(OFFER, data={**hidden_fields(page), "connection": connection})
        assert out.status_code == 303, out.get_data(as_text=True)
        back = str(self.idp.authorize(out.headers["Location"]).callback_url)
        shown = self.browser.get(back.removeprefix(BASE_URL))
        assert (shown.status_code, shown.headers["Location"]) == (303, "/account/check")
        return self.browser.get("/account/check")

    def account(self) -> Account:
        with self.world.bridge.database.read() as work:
            found = work.accounts.get(self.tenant.id, self.alice.id)
        assert found is not None
        return found

    def trace(self) -> dict[str, object]:
        """Of the login that opened the present session."""
        session = self.world.session(self.browser)
        assert session is not None
        return dict(self.world.bridge.traces.get(str(session["reference"])).details)


@pytest.fixture(params=[LoginPolicy.PASSWORD, LoginPolicy.SSO_OPTIONAL])
def observed(request: pytest.FixtureRequest, world: World, idp: FakeProvider) -> Observed:
    idp.clock = world.clock.now
    tenant = world.tenant("acme", policy=request.param, observing_since=world.clock.now())
    alice = world.account(tenant, "alice", email=ALICE, password=PASSWORD)
    idp.person("alice", email=ALICE)
    return Observed(world, idp, tenant, alice, world.connection(tenant, idp), world.client())


def test_a_password_login_works_and_says_that_it_would_have_been_refused(observed: Observed) -> None:
    assert observed.log_in().status_code == 303
    assert observed.world.session(observed.browser)
    assert observed.trace()["would_be_refused"] == "password_not_allowed"
    observed.world.save(replace(observed.tenant, observing_since=None))
    assert observed.log_in().headers["Location"] == "/account?from=desk"
    assert "would_be_refused" not in observed.trace()


def test_one_click_shows_that_sso_finds_the_account_and_the_login_goes_on(observed: Observed) -> None:
    offered = observed.log_in().headers["Location"]
    assert offered.startswith(OFFER)
    page = observed.browser.get(offered)
    assert "form-action 'self' http" in page.headers["Content-Security-Policy"]
    proven = observed.press(page)
    text = proven.get_data(as_text=True)
    assert "OAuth Login found your account" in text
    assert 'href="/account?from=desk"' in text
    assert observed.account().last_sso_at is not None
    session = observed.world.session(observed.browser)
    assert session
    assert session["method"] == "password"
    # It is known now: the next login goes straight on.
    assert observed.log_in().headers["Location"] == "/account?from=desk"
    assert observed.browser.get(OFFER).headers["Location"] == "/account"


def test_nobody_has_to_click(observed: Observed) -> None:
    page = observed.browser.get(observed.log_in().headers["Location"])
    assert 'href="/account?from=desk"' in unescape(page.get_data(as_text=True))
    assert observed.account().last_sso_at is None
    home = observed.browser.get("/account").get_data(as_text=True)
    assert f'href="{OFFER}"' in home


def test_who_is_not_found_is_told_so_and_goes_on_all_the_same(observed: Observed) -> None:
    observed.idp.person("stranger", email="stranger@acme.example")
    shown = observed.press(observed.browser.get(observed.log_in().headers["Location"]))
    text = unescape(shown.get_data(as_text=True))
    assert shown.status_code == 403
    assert 'href="/account?from=desk"' in text
    assert observed.world.trace(shown)["reason"] == "no_account"
    assert f"{OFFER}?next=%2Faccount%3Ffrom%3Ddesk&another=1" in text
    assert "sign in as somebody else" not in text.lower()
    again = observed.browser.get(f"{OFFER}?next=/account&another=1")
    observed.idp.forget_requests()
    observed.press(again)
    assert observed.idp.requests("authorize")[-1].query["prompt"] == "login"


def test_who_proved_it_before_the_tenant_observed_is_asked_again(observed: Observed) -> None:
    with observed.world.bridge.database.write() as work:
        work.accounts.proven(observed.tenant.id, observed.alice.id, at=observed.world.clock.now() - 3600)
    assert observed.log_in().headers["Location"].startswith(OFFER)


def test_several_connections_have_a_button_each(observed: Observed) -> None:
    observed.world.connection(observed.tenant, observed.idp, name="other")
    page = observed.browser.get(observed.log_in().headers["Location"])
    text = page.get_data(as_text=True)
    assert 'value="main"' in text
    assert 'value="other"' in text
    assert "OAuth Login found your account" in observed.press(page, "other").get_data(as_text=True)


def test_without_a_provider_the_login_goes_on_where_it_was_going(observed: Observed) -> None:
    observed.world.save(replace(observed.main, status=Status.DISABLED))
    offered = observed.log_in().headers["Location"]
    assert observed.browser.get(offered).headers["Location"] == "/account?from=desk"


def test_an_offer_leads_to_nobody_elses_site(observed: Observed) -> None:
    observed.log_in()
    page = observed.browser.get(f"{OFFER}?next=https://evil.example/")
    assert hidden_fields(page)["next"] == "/account"
    assert observed.world.client().get(f"{OFFER}?next=//evil.example").headers["Location"] == "/account"


def test_a_provider_that_is_away_is_said_so_and_nothing_is_lost(observed: Observed) -> None:
    page = observed.browser.get(observed.log_in().headers["Location"])
    observed.idp.stop()
    shown = observed.browser.post(OFFER, data={**hidden_fields(page), "connection": "main"})
    assert shown.status_code == 502
    text = shown.get_data(as_text=True)
    assert "work for you yet" in text
    assert 'href="/account?from=desk"' in text
    assert observed.world.session(observed.browser)
