"""From an app to the bridge and back: whoever is signed in, and whoever is not."""

from dataclasses import replace

import pytest

from tests.builders import BASE_URL, World, hidden_fields
from tests.fake_idp import FakeProvider
from tests.oauth2_app import OAuth2App, answered, location, query_of
from tests.threats.acme import PASSWORD, Acme


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Acme:
    return Acme.founded(world, idp)


@pytest.fixture
def app(world: World) -> OAuth2App:
    return OAuth2App.registered(world)


def test_whoever_is_signed_in_goes_straight_back_with_a_code(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    got = answered(app.ask(acme.browser))

    assert set(got) == {"code", "state", "iss"}
    assert (got["state"], got["iss"]) == ("the state", BASE_URL)


def test_the_code_is_bound_to_client_uri_challenge_nonce_and_session(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()
    session = acme.world.session(acme.browser)
    assert session is not None

    code = app.code(app.ask(acme.browser))

    assert (code.client_id, code.redirect_uri) == (app.client.client_id, app.parameters()["redirect_uri"])
    assert (code.code_challenge, code.nonce) == (app.challenge, "the nonce")
    with acme.world.bridge.database.read() as work:
        live = work.authorizations.live(code.authorization_id, now=acme.world.clock.now())
    assert live is not None
    assert live.account.id == acme.alice.id
    assert live.authorization.reference == session["reference"]


def test_whoever_is_not_signs_in_by_sso_and_comes_back(acme: Acme, app: OAuth2App) -> None:
    to_login = location(app.ask(acme.browser, tenant="acme"))
    assert to_login.startswith("/t/acme/login?")

    out = f"/t/acme/oauth/login?next={query_of(to_login)['next']}"
    back = acme.world.sign_in(acme.browser, acme.idp, path=out)

    assert answered(acme.browser.get(location(back)))["code"]


def test_or_by_password(acme: Acme, app: OAuth2App) -> None:
    to_login = location(app.ask(acme.browser, tenant="acme"))
    page = acme.browser.get(to_login)
    assert page.headers["Content-Security-Policy"].endswith("form-action 'self' https:")

    fields = {**hidden_fields(page), "username": "alice", "password": PASSWORD}
    back = acme.browser.post(to_login, data=fields)

    assert answered(acme.browser.get(location(back)))["code"]


def test_somebody_of_an_unknown_workspace_comes_to_the_finder(acme: Acme, app: OAuth2App) -> None:
    assert location(app.ask(acme.browser)).startswith("/?next=")


def test_the_email_of_a_hint_finds_the_workspace(world: World, acme: Acme, app: OAuth2App) -> None:
    world.save(replace(acme.tenant, email_domains=("acme.example",)))

    finder = location(app.ask(acme.browser, login_hint="alice@acme.example"))

    assert query_of(finder)["q"] == "alice@acme.example"
    assert location(acme.browser.get(finder)).startswith("/t/acme/login?")
