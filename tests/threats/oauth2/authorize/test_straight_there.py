"""Where a workspace's page would offer nothing but its provider, an app's login goes there at once; and only then."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlencode, urlsplit

import pytest

from app.domain.reasons import ReasonCode
from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from tests.builders import BASE_URL
from tests.oauth2_app import OAuth2App, answered, location, query_of
from tests.threats.acme import Acme, session_cookie


@pytest.fixture
def acme(acme: Acme) -> Acme:
    acme.tenant = replace(acme.tenant, policy=LoginPolicy.SSO_ONLY)
    acme.world.save(acme.tenant)
    return acme


def sent_to_the_provider(acme: Acme, app: OAuth2App, **changes: str | None) -> str:
    answer = app.ask(acme.browser, tenant="acme", **changes)
    found = answer.headers["Location"]
    assert (answer.status_code, urlsplit(found).netloc) == (302, urlsplit(acme.idp.issuer).netloc), found
    return found


def test_who_comes_back_from_there_is_in_the_app(acme: Acme, app: OAuth2App) -> None:
    there = sent_to_the_provider(acme, app)
    back = str(acme.idp.authorize(there).callback_url).removeprefix(BASE_URL)
    assert answered(acme.browser.get(back))["state"] == "the state"
    assert acme.opened() == "alice"


def test_the_provider_is_asked_for_what_the_app_asks_for(acme: Acme, app: OAuth2App) -> None:
    wanted = {"login_hint": "alice@acme.example", "prompt": "login", "max_age": "60"}
    asked = query_of(sent_to_the_provider(acme, app, **wanted))
    assert {name: asked.get(name) for name in wanted} == wanted


def test_another_browser_cannot_take_up_the_login(acme: Acme, app: OAuth2App) -> None:
    there = sent_to_the_provider(acme, app)
    back = str(acme.idp.authorize(there).callback_url).removeprefix(BASE_URL)
    stolen = acme.world.client().get(back)
    assert stolen.status_code >= 400
    assert session_cookie(stolen) is None


def test_whose_provider_it_is_says_the_pushed_request_and_not_what_is_added_to_it(acme: Acme, app: OAuth2App) -> None:
    globex = acme.world.tenant("globex", policy=LoginPolicy.SSO_ONLY)
    acme.world.connection(globex, acme.idp)
    pushed = acme.world.client().post("/oauth2/par", data=app.parameters(tenant="acme")).get_json()
    named = {"client_id": app.client.client_id, "request_uri": pushed["request_uri"], "tenant": "globex"}

    there = acme.browser.get(f"/oauth2/authorize?{urlencode(named)}").headers["Location"]

    assert query_of(there)["redirect_uri"].endswith(f"/callback/{acme.main.id}")


@pytest.mark.parametrize("policy", [policy for policy in LoginPolicy if policy is not LoginPolicy.SSO_ONLY])
def test_where_passwords_are_taken_the_person_chooses(acme: Acme, app: OAuth2App, policy: LoginPolicy) -> None:
    acme.world.save(replace(acme.tenant, policy=policy))
    assert location(app.ask(acme.browser, tenant="acme")).startswith("/t/acme/login?")


def test_of_two_providers_the_person_chooses(acme: Acme, app: OAuth2App) -> None:
    acme.world.connection(acme.tenant, acme.idp, name="second")
    assert location(app.ask(acme.browser, tenant="acme")).startswith("/t/acme/login?")


def test_who_wants_another_account_is_not_answered_by_the_session_at_the_provider(acme: Acme, app: OAuth2App) -> None:
    """Somebody else's, at a shared computer."""
    page = location(app.ask(acme.browser, tenant="acme", prompt="select_account"))
    assert page.startswith("/t/acme/login?")
    button = re.search(r'href="(/t/acme/oauth/login[^"]*)"', acme.browser.get(page).get_data(as_text=True))
    assert button
    there = acme.browser.get(unescape(button[1])).headers["Location"]
    assert query_of(there)["prompt"] in ("select_account", "login"), (
        "where it is not offered, the provider signs in anew"
    )


def test_who_names_no_workspace_finds_it_first(acme: Acme, app: OAuth2App) -> None:
    assert location(app.ask(acme.browser)).startswith("/?")


@pytest.mark.parametrize("what", ["connection", "tenant"])
def test_where_nobody_can_sign_in_the_page_says_so(acme: Acme, app: OAuth2App, what: str) -> None:
    acme.switch_off(what)
    page = location(app.ask(acme.browser, tenant="acme"))
    assert page.startswith("/t/acme/login?")
    assert acme.browser.get(page).status_code == 200


def test_a_login_that_stops_before_the_provider_is_explained_once_and_tried_again(acme: Acme, app: OAuth2App) -> None:
    closed = replace(acme.tenant.security, networks=("192.0.2.0/24",))
    acme.world.save(replace(acme.tenant, security=closed))
    answer = app.ask(acme.browser, tenant="acme")
    acme.refused(answer, ReasonCode.NETWORK_NOT_ALLOWED)
    acme.world.save(acme.tenant)
    found = re.search(r'href="(/t/acme/login\?next=[^"]+)"', answer.get_data(as_text=True))
    assert found
    onward = query_of(unescape(found[1]))["next"]
    back = acme.world.sign_in(acme.browser, acme.idp, path=f"/t/acme/oauth/login?{urlencode({'next': onward})}")
    assert answered(back)["state"] == "the state"


def test_another_workspaces_session_is_not_left_silently(acme: Acme, app: OAuth2App) -> None:
    globex = acme.world.tenant("globex", policy=LoginPolicy.SSO_ONLY)
    acme.world.connection(globex, acme.idp)
    acme.sign_in()
    assert location(app.ask(acme.browser, tenant="globex")).startswith("/t/globex/login?")
    assert acme.opened() == "alice"


def test_an_app_that_may_not_ask_anybody_sends_nobody_anywhere(acme: Acme, app: OAuth2App) -> None:
    assert answered(app.ask(acme.browser, tenant="acme", prompt="none"))["error"] == "login_required"


def test_an_app_that_is_disabled_sends_nobody_anywhere(acme: Acme, app: OAuth2App) -> None:
    app.save(status=Status.DISABLED)
    assert app.ask(acme.browser, tenant="acme").status_code == 400
