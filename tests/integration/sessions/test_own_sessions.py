"""`/account/sessions`: where a person is signed in (ASVS 5.0, 7.5.2)."""

import re

import pytest

from app.domain.accounts.account import Role
from app.domain.tenants.tenant import Tenant
from tests.builders import World, hidden_fields, password_login
from tests.integration.support.counter import PASSWORD, Browser, Counter

HERE = "/account/sessions"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0"


@pytest.fixture
def acme(world: World) -> Tenant:
    acme = world.tenant("acme")
    for name in ("alice", "bob"):
        world.account(acme, name, password=PASSWORD, roles=[Role.AGENT])
    return acme


@pytest.fixture
def counter(world: World, acme: Tenant) -> Counter:
    assert acme.slug == "acme"
    return Counter(world)


def signed_in(counter: Counter, username: str, user_agent: str = "") -> Browser:
    client = counter.world.client()
    if user_agent:
        client.environ_base["HTTP_USER_AGENT"] = user_agent
    assert password_login(client, username, PASSWORD).status_code == 303
    return Browser(client)


def others(browser: Browser) -> list[str]:
    """The sessions that the page offers to end."""
    return re.findall(r'name="session" value="([^"]+)"', browser.get(HERE).get_data(as_text=True))


def end(browser: Browser, **fields: str) -> int:
    token = hidden_fields(browser.get("/account"))["csrf_token"]
    return browser.client.post(HERE, data={"csrf_token": token, **fields}).status_code


def test_sessions_are_named_by_browser_and_the_present_one_is_marked(counter: Counter) -> None:
    signed_in(counter, "alice", FIREFOX)
    page = signed_in(counter, "alice", "curl/8").read(HERE)
    assert "Firefox, Windows" in page
    assert "Unknown browser This browser" in page


def test_one_session_can_be_ended(counter: Counter) -> None:
    first, second = signed_in(counter, "alice"), signed_in(counter, "alice")
    (other,) = others(second)
    assert end(second, session=other) == 303
    assert counter.world.session(first.client) is None
    assert counter.world.session(second.client) is not None
    assert others(second) == []
    (entry,) = (entry for entry in counter.audit() if entry.action == "sessions.ended")
    assert (entry.actor, entry.subject, entry.after) == ("acme/alice", "acme/alice", {"ended": 1})


def test_all_others_can_be_ended_at_once(counter: Counter) -> None:
    before, bob = [signed_in(counter, "alice") for _ in range(2)], signed_in(counter, "bob")
    present = signed_in(counter, "alice")
    assert end(present) == 303
    assert [counter.world.session(one.client) for one in before] == [None, None]
    assert counter.world.session(present.client) is not None
    assert counter.world.session(bob.client) is not None


def test_somebody_elses_session_and_the_present_one_are_not_there(counter: Counter) -> None:
    alice, again, bob = signed_in(counter, "alice"), signed_in(counter, "alice"), signed_in(counter, "bob")
    (of_alice,) = others(again)
    assert end(bob, session=of_alice) == end(bob, session="nothing") == 404
    with counter.world.bridge.database.read() as work:
        now = counter.world.clock.now()
        found = work.sessions.of_tenant(counter.tenant().id, now=now, most=9)
    (present,) = (one.session.id for one in found if one.account.username == "bob")
    assert end(bob, session=present) == 404
    assert counter.world.session(alice.client) is not None


def test_another_site_cannot_end_a_session(counter: Counter) -> None:
    alice, again = signed_in(counter, "alice"), signed_in(counter, "alice")
    assert again.client.post(HERE, data={}).status_code == 400
    assert counter.world.session(alice.client) is not None


def test_nobody_sees_it_without_signing_in(counter: Counter) -> None:
    assert counter.world.client().get(HERE).headers["Location"] == "/"
