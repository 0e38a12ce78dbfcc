"""Who is stopped for having failed too often, and their release: over the database and over Redis."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.audit.audit import AuditFilter, Chain
from app.domain.sessions.session import FRESH_S
from app.domain.tenants.tenant import Tenant
from app.services.throttling.throttle import password_limits
from tests.builders import World, hidden_fields, password_login
from tests.integration.support.counter import Counter
from tests.services.redis import RedisServer
from tests.threats.running import running_world

HERE = "/support/throttled"
KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture(params=["database", "redis"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "redis":
        with running_world(tmp_path, redis_url=request.getfixturevalue("redis_url")) as world:
            yield world
    else:
        with running_world(tmp_path) as world:
            yield world


@pytest.fixture
def counter(anywhere: World) -> Counter:
    return Counter(anywhere)


@pytest.fixture
def acme(counter: Counter) -> Tenant:
    """Somebody has guessed at alice's password until they were stopped."""
    tenant = counter.world.tenant("acme", name="Acme Support")
    counter.world.account(tenant, "alice", password="hers")
    for _ in range(11):
        password_login(counter.world.client(), "Alice", "a guess")
    return tenant


def test_where_nobody_is_stopped_the_page_says_so(counter: Counter) -> None:
    assert "No one is blocked right now." in counter.browser().read(HERE)


@pytest.mark.usefixtures("acme")
def test_name_address_and_tenant_are_shown(counter: Counter) -> None:
    page = counter.browser().read(HERE)
    assert re.search(r"alice 127\.0\.0\.1 Passwords for this username from this address Acme Support 1[01] ", page)
    assert re.search(r"\(in 1[45] minutes\)", page)


@pytest.mark.usefixtures("acme")
def test_who_is_released_may_try_again_and_it_is_recorded(counter: Counter) -> None:
    assert password_login(counter.world.client(), "alice", "hers").status_code == 429
    browser = counter.browser()
    keys = KEY.findall(browser.get(HERE).get_data(as_text=True))
    answer = browser.fill(HERE, {"key": keys, "reason": "she called from her desk"})
    assert answer.headers["Location"] == f"{HERE}?released={len(keys)}"
    assert "Released." in browser.read(answer.headers["Location"])
    assert password_login(counter.world.client(), "alice", "hers").status_code == 303
    entries = counter.audit()
    assert {(entry.action, entry.actor, entry.subject, entry.reason) for entry in entries} == {
        ("throttle.released", "staff/sam", "acme/alice", "she called from her desk")
    }
    assert len(entries) == len(keys)


@pytest.mark.usefixtures("acme")
def test_whoever_finds_a_desk_unattended_releases_nobody(counter: Counter) -> None:
    browser = counter.browser()
    page = browser.get(HERE)
    fields = {**hidden_fields(page), "key": KEY.findall(page.get_data(as_text=True)), "reason": "a guess"}
    counter.world.clock.forward(FRESH_S)
    answer = browser.client.post(HERE, data=fields)
    assert answer.headers["Location"] == "/account/confirm?next=%2Fsupport%2Fthrottled"
    assert counter.audit() == []
    assert counter.world.bridge.throttled.all()
    shown = browser.get(HERE).get_data(as_text=True)
    assert 'href="/account/confirm?next=%2Fsupport%2Fthrottled"' in shown
    assert 'name="reason"' not in shown


def test_an_address_that_was_stopped_at_all_tenants_is_shown_and_released(counter: Counter) -> None:
    everywhere = next(
        limit
        for limit in password_limits(counter.staff, username="x", client_ip="203.0.113.7")
        if "address-anywhere" in limit.key
    )
    for _ in range(everywhere.most):
        counter.world.bridge.counters.hit([everywhere])
    browser = counter.browser()
    assert re.search(r"203\.0\.113\.7 Passwords from this address, in all tenants All 200 ", browser.read(HERE))
    answer = browser.fill(HERE, {"key": [everywhere.key], "reason": "their new office"})
    assert answer.headers["Location"] == f"{HERE}?released=1"
    assert counter.world.bridge.counters.hit([everywhere]) == 0
    with counter.world.bridge.database.read() as work:
        (entry,) = [one.entry for one in work.audit.latest(Chain(""), AuditFilter(action="throttle.released"), most=5)]
    assert (entry.tenant_id, entry.subject, entry.reason) == (None, "203.0.113.7", "their new office")


@pytest.mark.usefixtures("acme")
def test_releasing_once_more_changes_nothing(counter: Counter) -> None:
    browser = counter.browser()
    keys = KEY.findall(browser.get(HERE).get_data(as_text=True))
    page = browser.get(HERE)
    for released in (len(keys), 0):
        fields = {"csrf_token": re.search(r'csrf_token" value="([^"]+)', page.get_data(as_text=True))[1]}  # type: ignore[index]  # it stands there
        answer = browser.client.post(HERE, data={**fields, "key": keys, "reason": "twice"})
        assert answer.headers["Location"] == f"{HERE}?released={released}"
    assert len(counter.audit()) == len(keys)


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize("left_out", ["reason", "key"])
def test_without_a_reason_or_anybody_chosen_nobody_is_released(counter: Counter, left_out: str) -> None:
    browser = counter.browser()
    keys = KEY.findall(browser.get(HERE).get_data(as_text=True))
    fields = {"key": keys, "reason": "why"}
    del fields[left_out]
    answer = browser.fill(HERE, fields)
    assert answer.status_code == 400
    assert ("checked" in answer.get_data(as_text=True)) is (left_out == "reason")
    assert counter.audit() == []


@pytest.mark.usefixtures("acme")
def test_a_key_that_is_none_releases_nobody(counter: Counter) -> None:
    answer = counter.browser().fill(HERE, {"key": ["password:name:x:y", "\x00", ""], "reason": "why"})
    assert answer.headers["Location"] == f"{HERE}?released=0"
    assert counter.audit() == []


def test_without_the_store_of_counters_the_page_says_so_and_the_others_go_on(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    with running_world(tmp_path, redis_url=redis_server.url) as world:
        browser = Counter(world).browser()
        redis_server.stop()
        try:
            assert browser.get(HERE).status_code == 503
            assert browser.get("/support/references").status_code == 200
        finally:
            redis_server.start()
