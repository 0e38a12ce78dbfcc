"""Who is signed in at a tenant; one session, or all of them, ended."""

import re

import pytest
from flask.testing import FlaskClient

from app.domain.tenants.tenant import Tenant
from tests.builders import password_login
from tests.integration.support.counter import Counter

HERE = "/support/tenants/acme/activity/sessions"
END = re.compile(r'href="(/support/tenants/acme/activity/sessions/[0-9a-f]{64}/end)"')
REASON = {"reason": "a stolen laptop"}


@pytest.fixture
def acme(counter: Counter) -> Tenant:
    tenant = counter.world.tenant("acme", name="Acme Support")
    for name in ("alice", "bob"):
        counter.world.account(tenant, name, password="theirs")
    return tenant


def signed_in(counter: Counter, username: str) -> FlaskClient:
    client = counter.world.client()
    assert password_login(client, username, "theirs").status_code == 303
    return client


@pytest.mark.usefixtures("acme")
def test_where_nobody_is_signed_in_the_page_says_so(counter: Counter) -> None:
    page = counter.browser().read(HERE)
    assert "No one is signed in right now." in page
    assert "End all sessions" not in page


@pytest.mark.usefixtures("acme")
def test_one_session_ends_and_the_others_go_on(counter: Counter) -> None:
    alice, bob = signed_in(counter, "alice"), signed_in(counter, "bob")
    browser = counter.browser()
    page = browser.get(HERE).get_data(as_text=True)
    assert "2 sessions right now." in page
    of_alice, _ = END.findall(page)
    answer = browser.fill(of_alice, REASON)
    assert "The session has ended." in browser.read(answer.headers["Location"])
    assert counter.world.session(alice) is None
    assert counter.world.session(bob)
    (entry,) = counter.audit()
    assert (entry.action, entry.subject, entry.after, entry.reason) == (
        "sessions.ended",
        "acme/alice",
        {"ended": 1},
        "a stolen laptop",
    )
    assert browser.get(of_alice).status_code == 404


@pytest.mark.usefixtures("acme")
def test_all_sessions_of_the_tenant_end_and_no_others(counter: Counter) -> None:
    globex = counter.world.tenant("globex")
    counter.world.account(globex, "gina", password="theirs")
    elsewhere = counter.world.client()
    password_login(elsewhere, "gina", "theirs", tenant="globex")
    inside = [signed_in(counter, "alice"), signed_in(counter, "alice"), signed_in(counter, "bob")]
    browser = counter.browser()
    assert "Live sessions: 3" in browser.read(f"{HERE}/end-all")
    for _ in range(2):  # pressed twice
        assert browser.fill(f"{HERE}/end-all", REASON).headers["Location"] == f"{HERE}?done=all"
    assert [counter.world.session(client) for client in inside] == [None] * 3
    assert counter.world.session(elsewhere)
    (entry,) = counter.audit()
    assert (entry.action, entry.subject, entry.after) == ("sessions.ended", "acme", {"ended": 3})


@pytest.mark.usefixtures("acme")
def test_many_sessions_come_a_page_at_a_time(counter: Counter) -> None:
    for _ in range(51):
        signed_in(counter, "alice")
    browser = counter.browser()
    first = browser.get(HERE).get_data(as_text=True)
    onward = re.search(r'href="([^"]+)">Next page', first)
    assert onward
    second = browser.get(onward[1].replace("&amp;", "&")).get_data(as_text=True)
    assert len(END.findall(first)) == 50
    assert len(END.findall(second)) == 1
    assert not set(END.findall(first)) & set(END.findall(second))


@pytest.mark.usefixtures("acme")
def test_ending_asks_who_does_it(counter: Counter) -> None:
    browser = counter.browser()
    counter.world.clock.forward(601)
    assert browser.get(HERE).status_code == 200
    assert browser.get(f"{HERE}/end-all").headers["Location"].startswith("/account/confirm?next=")


def test_sessions_of_staff_are_ended_by_operators(counter: Counter) -> None:
    here = "/support/tenants/staff/activity/sessions"
    sam = counter.browser("sam")
    assert "End all" not in sam.read(here)
    assert sam.get(f"{here}/end-all").status_code == 404
    assert counter.browser("olga").get(f"{here}/end-all").status_code == 200
