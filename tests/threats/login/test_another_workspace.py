"""Another tenant's provider does not take the place of a session by an address that any site can make browsers open."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.reasons import ReasonCode
from app.domain.tenants.tenant import Status
from tests.builders import BASE_URL, World, callback_of, choose, hidden_fields
from tests.fake_idp import FakeProvider
from tests.threats.acme import LOGIN, Acme

EVIL = "/t/evil/oauth/login"


@pytest.fixture
def signed_in(acme: Acme, rival: FakeProvider) -> Acme:
    """Alice, in acme; and the tenant of somebody else, whose provider would sign her in there as mallory."""
    evil = acme.world.tenant("evil", name="Evil Support")
    acme.world.account(evil, "mallory", email="mallory@evil.example")
    acme.world.connection(evil, rival)
    rival.person("mallory", email="mallory@evil.example")
    acme.sign_in()
    assert acme.opened() == "alice"
    return acme


def action_of(page: TestResponse) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', page.get_data(as_text=True))
    assert found
    return unescape(found[1])


def agree(browser: FlaskClient, page: TestResponse) -> TestResponse:
    return browser.post(action_of(page), data=hidden_fields(page))


def test_an_address_of_another_tenant_asks_before_anything_starts(signed_in: Acme, rival: FakeProvider) -> None:
    answer = signed_in.browser.get(EVIL)
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    assert "Evil Support" in shown
    assert "Alice" in shown
    assert len(re.findall("<form", shown)) == 1
    assert not answer.headers.getlist("Set-Cookie")
    assert rival.calls == []
    assert signed_in.opened() == "alice"


def test_whoever_agrees_is_signed_in_there_and_where_the_address_wanted(signed_in: Acme, rival: FakeProvider) -> None:
    old = signed_in.browser.get_cookie("sso_session")
    page = signed_in.browser.get(f"{EVIL}?connection=main&next=/admin/&login_hint=m")
    out = agree(signed_in.browser, page)
    assert out.status_code == 303
    assert "login_hint=m" in out.headers["Location"]
    back = signed_in.browser.get(rival.authorize(out.headers["Location"]).callback_url.removeprefix(BASE_URL))
    assert back.headers["Location"] == "/admin/"
    assert signed_in.opened() == "mallory"
    signed_in.browser.set_cookie("sso_session", old.value if old else "")
    assert signed_in.opened() is None, "one browser, one session"


def test_another_site_cannot_agree_for_anybody(signed_in: Acme, rival: FakeProvider) -> None:
    page = signed_in.browser.get(EVIL)
    answer = signed_in.browser.post(action_of(page), data={"csrf_token": "forged"})
    assert answer.status_code == 400
    assert signed_in.browser.post(EVIL, data={}).status_code == 400
    assert rival.calls == []
    assert signed_in.opened() == "alice"


def test_a_login_that_a_provider_starts_asks_too(signed_in: Acme, rival: FakeProvider) -> None:
    answer = signed_in.browser.get(EVIL, query_string={"iss": rival.issuer})
    assert answer.status_code == 200
    assert signed_in.opened() == "alice"
    assert "iss=" in action_of(answer)


def test_a_login_begun_elsewhere_does_not_end_a_session_that_came_meanwhile(
    signed_in: Acme, rival: FakeProvider
) -> None:
    """A cross-site form post comes without cookies, and starts a login like a stranger's."""
    browser = signed_in.world.client()
    there = callback_of(browser, rival, path=EVIL)
    signed_in.sign_in(browser)
    rival.forget_requests()
    answer = browser.get(there)
    signed_in.refused(answer, ReasonCode.SIGNED_IN_ELSEWHERE)
    assert rival.calls == [], "the code is not spent"
    assert signed_in.opened(browser) == "alice"
    shown = answer.get_data(as_text=True)
    assert 'href="/account"' in shown
    assert f'href="{EVIL}?connection=main&amp;next=%2Faccount"' in shown


def test_to_agree_to_leave_one_session_is_not_to_leave_another(signed_in: Acme, rival: FakeProvider) -> None:
    out = agree(signed_in.browser, signed_in.browser.get(EVIL))
    there = rival.authorize(out.headers["Location"]).callback_url.removeprefix(BASE_URL)
    signed_in.sign_in()
    signed_in.refused(signed_in.browser.get(there), ReasonCode.SIGNED_IN_ELSEWHERE)
    assert signed_in.opened() == "alice"


def test_a_chooser_that_stands_open_does_not_end_a_session_that_came_meanwhile(
    signed_in: Acme, rival: FakeProvider
) -> None:
    world, browser = signed_in.world, signed_in.world.client()
    world.account(world.bridge.tenant_lookup.options("evil").tenant, "mal", email="mallory@evil.example")
    chooser = world.sign_in(browser, rival, path=EVIL)
    account = re.findall(r'name="account" value="([^"]+)"', chooser.get_data(as_text=True))[0]
    signed_in.sign_in(browser)
    signed_in.refused(choose(browser, chooser, account), ReasonCode.SIGNED_IN_ELSEWHERE)
    assert signed_in.opened(browser) == "alice"


def test_within_one_tenant_nobody_is_asked(signed_in: Acme) -> None:
    assert signed_in.browser.get(LOGIN).status_code == 302
    there = signed_in.callback()
    signed_in.sign_in()
    assert signed_in.browser.get(there).status_code == 303


def test_a_session_that_is_over_asks_nothing(signed_in: Acme, rival: FakeProvider) -> None:
    signed_in.world.clock.forward(30 * 3600)
    assert signed_in.browser.get(EVIL).status_code == 302
    rival.clock_offset = 30 * 3600
    assert signed_in.world.sign_in(signed_in.browser, rival, path=EVIL).status_code == 303


def test_a_session_that_ended_while_it_was_asked_about_is_no_obstacle(signed_in: Acme) -> None:
    page = signed_in.browser.get(EVIL)
    signed_in.world.clock.forward(30 * 3600)
    out = agree(signed_in.browser, page)
    assert out.status_code == 303
    assert urlsplit(out.headers["Location"]).path.endswith("/authorize")


def test_a_closed_tenant_is_said_to_be_closed_rather_than_asked_about(signed_in: Acme, world: World) -> None:
    with world.bridge.database.read() as work:
        evil = work.tenants.by_slug("evil")
    assert evil
    world.save(replace(evil, status=Status.DISABLED))
    signed_in.refused(signed_in.browser.get(EVIL), ReasonCode.TENANT_DISABLED)


def test_a_login_that_a_provider_starts_by_a_form_begins_like_one_by_an_address(acme: Acme) -> None:
    """OpenID Connect Core, section 4: GET or POST."""
    sent = {"iss": acme.idp.issuer, "login_hint": "alice", "target_link_uri": f"{BASE_URL}/account/password"}
    answer = acme.browser.post(LOGIN, data=sent)
    assert answer.status_code == 303
    assert "login_hint=alice" in answer.headers["Location"]
    back = acme.browser.get(acme.idp.authorize(answer.headers["Location"]).callback_url.removeprefix(BASE_URL))
    assert back.headers["Location"] == "/account/password"
    assert acme.browser.post(LOGIN, data={"iss": "https://idp.evil.example"}).status_code == 400
