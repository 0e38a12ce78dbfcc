"""From an app to the bridge and back: whoever is signed in, and whoever is not."""

from dataclasses import replace
from html import unescape
from urllib.parse import urlencode

from tests.builders import BASE_URL, World, hidden_fields
from tests.oauth2_app import CALLBACK, OAuth2App, answered, location, login, query_of
from tests.services.statements import statements
from tests.threats.acme import PASSWORD, Acme, cookies


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
    assert location(app.ask(acme.browser, tenant="acme")).startswith("/t/acme/login?")

    assert answered(login(app, acme))["code"]


def test_or_by_password(acme: Acme, app: OAuth2App) -> None:
    to_login = location(app.ask(acme.browser, tenant="acme"))
    page = acme.browser.get(to_login)
    assert page.headers["Content-Security-Policy"].endswith("form-action 'self' https:")

    fields = {**hidden_fields(page), "username": "alice", "password": PASSWORD}
    back = acme.browser.post(to_login, data=fields)

    assert answered(acme.browser.get(location(back)))["code"]


def test_a_login_that_stops_does_not_lose_the_way_to_the_app(acme: Acme, app: OAuth2App) -> None:
    onward = query_of(location(app.ask(acme.browser, tenant="acme")))["next"]
    acme.idp.deny("access_denied")
    stopped = acme.world.sign_in(acme.browser, acme.idp, path=f"/t/acme/oauth/login?next={onward}")

    again = f"/t/acme/login?{urlencode({'next': onward})}"
    assert stopped.status_code >= 400
    assert again in unescape(stopped.get_data(as_text=True))
    finder = f'href="/?{urlencode({"next": onward})}"'
    assert finder in unescape(acme.browser.get(again).get_data(as_text=True))


def test_somebody_of_an_unknown_workspace_comes_to_the_finder(acme: Acme, app: OAuth2App) -> None:
    assert location(app.ask(acme.browser)).startswith("/?next=")


def test_the_email_of_a_hint_finds_the_workspace(world: World, acme: Acme, app: OAuth2App) -> None:
    world.save(replace(acme.tenant, email_domains=("acme.example",)))

    finder = location(app.ask(acme.browser, login_hint="alice@acme.example"))

    assert query_of(finder)["q"] == "alice@acme.example"
    assert location(acme.browser.get(finder)).startswith("/t/acme/login?")


def test_the_workspace_of_a_tenants_own_client_needs_no_naming(acme: Acme, app: OAuth2App) -> None:
    app.save(tenant_id=acme.tenant.id)

    assert location(app.ask(acme.browser)).startswith("/t/acme/login?")


def test_a_form_of_the_apps_page_is_taken_up_with_the_next_request(acme: Acme, app: OAuth2App) -> None:
    """Another site's POST comes without our cookies: the redirect after it brings them."""
    acme.sign_in()

    posted = acme.world.client().post("/oauth2/authorize", data=app.parameters())
    waiting = posted.headers["Set-Cookie"].partition(";")[0]
    name, _, value = waiting.partition("=")
    acme.browser.set_cookie(name, value)

    assert answered(acme.browser.get(location(posted)))["code"]


def test_by_form_post_the_answer_is_a_page_that_posts_itself(acme: Acme, app: OAuth2App) -> None:
    acme.sign_in()

    page = app.ask(acme.browser, response_mode="form_post")

    assert page.status_code == 200
    assert f'action="{CALLBACK}"' in page.get_data(as_text=True)
    fields = hidden_fields(page)
    assert set(fields) == {"code", "state", "iss"}
    assert page.headers["Content-Security-Policy"].endswith(
        "script-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https:"
    )
    assert page.headers["Cache-Control"] == "no-store"
    assert b"repost.js" in page.data


def test_an_app_on_this_computer_is_answered_at_the_port_that_it_listens_on(acme: Acme, app: OAuth2App) -> None:
    app.save(redirect_uris=("http://127.0.0.1/callback",))
    acme.sign_in()
    here = "http://127.0.0.1:50123/callback"

    answer = app.ask(acme.browser, redirect_uri=here)

    assert answered(answer, here)["code"]
    assert app.code(answer, here).redirect_uri == here


def test_a_registered_query_stays_as_it_is(acme: Acme, app: OAuth2App) -> None:
    uri = "https://desk.example/callback?desk=a%20b&x"
    app.save(redirect_uris=(uri,))
    acme.sign_in()

    assert app.ask(acme.browser, redirect_uri=uri).headers["Location"].startswith(f"{uri}&code=")


def test_two_apps_sign_in_at_once_in_one_browser(world: World, acme: Acme, app: OAuth2App) -> None:
    other = OAuth2App.registered(world, "wallboard")
    first = query_of(location(app.ask(acme.browser, tenant="acme")))["next"]
    second = query_of(location(other.ask(acme.browser, tenant="acme")))["next"]
    acme.sign_in()

    assert app.code(acme.browser.get(first)).client_id == "agent-desk"
    assert app.code(acme.browser.get(second)).client_id == "wallboard"


def test_a_browser_carries_few_requests_and_the_oldest_leave(acme: Acme, app: OAuth2App) -> None:
    onward = [query_of(location(app.ask(acme.browser, tenant="acme", state="s" * 300)))["next"] for _ in range(6)]
    carried = [name for name in cookies(acme.browser) if name.startswith("sso_app_")]
    assert sum(len(name) + len(cookies(acme.browser)[name]) for name in carried) <= 3072
    acme.sign_in()

    assert acme.browser.get(onward[0]).status_code == 400
    assert answered(acme.browser.get(onward[-1]))["code"]


def test_a_live_session_costs_few_queries(acme: Acme, app: OAuth2App) -> None:
    """The session, the client, and one transaction that writes the authorization and its code."""
    acme.sign_in()
    with statements(acme.world.bridge.database) as sent:
        answered(app.ask(acme.browser))

    assert [text.split()[0] for text in sent] == ["SELECT", "SELECT", "BEGIN", "INSERT", "INSERT"]
