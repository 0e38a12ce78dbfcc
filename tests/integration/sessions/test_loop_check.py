"""What a thread answers and what the event loop answers is the same, header by header."""

import os
import select
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.adapters.sql.sessions.loop_sessions import SqlLoopSessions
from app.domain.sessions.session import SEEN_EVERY_S, SessionSummary, session_id
from app.services.sessions.clicks import Clicks
from app.web.mount import SESSION_CHECK
from app.web.server.front import Front
from app.web.sessions.loop_check import LoopCheck
from tests.builders import World, hidden_fields
from tests.contracts.sessions.asked import opened
from tests.event_loop import in_a_loop
from tests.threats.running import running_world

BRIDGE, WIKI = "https://login.vendor.example", "wiki.vendor.example"
OWN, SHARED = "__Host-sso_session", "__Secure-sso_shared"
PASSWORD = "correct horse battery staple"
PATHS = ("/session", "/forward-auth")
Answered = tuple[int, list[tuple[str, str]], bytes]


class Headers(list[tuple[str, str]]):
    """As granian has them: what is not ASCII is there, and cannot be read."""

    def items(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self if value.isascii()]

    def get(self, wanted: str) -> str | None:
        return next((value for name, value in self.items() if name == wanted), None)

    def __contains__(self, wanted: object) -> bool:
        return any(name == wanted for name, _ in self)


@dataclass
class Sent:
    """A request, and what was answered."""

    path: str
    query_string: str = ""
    method: str = "GET"
    headers: Headers = field(default_factory=Headers)
    server: str = "127.0.0.1:8000"
    client: str = "198.51.100.7:4711"
    scheme: str = "http"
    http_version: str = "1.1"
    answered: list[Answered] = field(default_factory=list)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.answered.append((status, headers, content))


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Behind one proxy that also serves a wiki, and with a cookie for sibling hosts; alice works at acme."""
    folder = tmp_path_factory.mktemp("loop")
    settings = {"forward_auth_hosts": (WIKI,), "cookie_domain": "vendor.example", "trusted_proxies": 1}
    with running_world(folder, base_url=BRIDGE, **settings) as world:
        world.clock.stand()
        account = world.account(world.tenant(), "alice", email="alice@acme.example", password=PASSWORD)
        world.save(replace(account, name="Älice Ő"))
        yield world


@pytest.fixture(scope="module")
def alice(vendor: World) -> FlaskClient:
    browser = vendor.client()
    form = hidden_fields(browser.get("/t/acme/login", base_url=BRIDGE))
    answer = browser.post("/t/acme/login", data={**form, "username": "alice", "password": PASSWORD}, base_url=BRIDGE)
    assert answer.status_code == 303
    return browser


@pytest.fixture
def cookies(alice: FlaskClient) -> dict[str, str]:
    found = {}
    for name, domain in ((OWN, "login.vendor.example"), (SHARED, "vendor.example")):
        cookie = alice.get_cookie(name, domain=domain)
        assert cookie, name
        found[name] = cookie.value
    return found


def room() -> select.poll:
    reading, writing = os.pipe()
    os.close(reading)
    found = select.poll()
    found.register(writing, select.POLLOUT)
    return found


def checks(world: World, sessions: SqlLoopSessions, log_room: "select.poll | None" = None) -> LoopCheck:
    check = world.app.extensions[SESSION_CHECK]
    clicks = Clicks(world.bridge.database)
    return LoopCheck(check=check, sessions=sessions, clicks=clicks, clock=world.clock, log_room=log_room or room())


async def by_thread(world: World, sent: Sent) -> Answered:
    front: Any = Front(world.app, trusted_proxies=1)
    await front.__rsgi__(sent, sent)
    return sent.answered.pop()


async def by_loop(world: World, sent: Sent, **more: Any) -> Answered | None:
    """None if it is left to a thread. What it has to write is written."""
    sessions = SqlLoopSessions(world.bridge.database.engine)
    await opened(sessions)
    asked: Any = sent
    loop = checks(world, sessions, **more)
    said = await loop.answer(asked, asked.headers)
    loop.close()
    return (said.status, said.headers, said.body) if said else None


OWN_COOKIE, SHARED_COOKIE = ("cookie", f"{OWN}={{{OWN}}}"), ("cookie", f"{SHARED}={{{SHARED}}}")
SAME: dict[str, dict[str, Any]] = {
    "nobody": {},
    "nobody, by HEAD": {"method": "HEAD"},
    "nobody, to be redirected": {"query_string": "redirect=1"},
    "nobody, of a tenant": {"query_string": "redirect=1&tenant=acme"},
    "nobody, of a tenant named twice": {"query_string": "tenant=acme&tenant=globex"},
    "nobody, of a tenant that cannot be": {"query_string": "redirect=1&tenant=%ff%00/../x"},
    "nobody, with a page to return to": {
        "headers": [("x-forwarded-host", WIKI), ("x-forwarded-uri", "/page?a=b&c=%C3%A9")]
    },
    "nobody, of a host that nobody has named": {"headers": [("x-forwarded-host", "evil.example")]},
    "nobody, behind nginx": {"headers": [("x-original-uri", "/page")]},
    "a cookie that was made up": {"headers": [("cookie", f"{OWN}=made-up")]},
    "a cookie without a name": {"headers": [("cookie", '=; ;;"; a')]},
    "a quoted cookie": {"headers": [("cookie", f'{OWN}="\\303\\244\\"; {SHARED}=x')]},
    "a shared cookie that was made up": {"headers": [("cookie", f"{SHARED}=made-up")]},
    "many cookies": {"headers": [("cookie", "; ".join(f"c{number}={'x' * 500}" for number in range(12)))]},
    "alice": {"headers": [OWN_COOKIE]},
    "alice, by HEAD": {"method": "HEAD", "headers": [OWN_COOKIE]},
    "alice, on a sibling host": {"headers": [SHARED_COOKIE]},
    "alice at the wiki": {"headers": [OWN_COOKIE, ("x-forwarded-host", WIKI.upper())]},
    "alice elsewhere": {"headers": [OWN_COOKIE, ("x-forwarded-host", "evil.example")]},
    "alice of acme": {"headers": [OWN_COOKIE], "query_string": "tenant=acme&x"},
    "alice of globex": {"headers": [OWN_COOKIE], "query_string": "tenant=globex"},
    "alice behind the proxy": {"headers": [OWN_COOKIE, ("x-forwarded-for", "10.0.0.1, 203.0.113.5")]},
    "alice with a body of nothing": {"headers": [OWN_COOKIE, ("content-length", "0")]},
    "alice with headers that nobody asks for": {
        "headers": [OWN_COOKIE, ("x_forwarded_host", WIKI), ("authorization", "Bearer x"), ("x-other", "é")]
    },
}  # fmt: skip
LEFT: dict[str, dict[str, Any]] = {
    "another method": {"method": "POST"},
    "a method that nobody knows": {"method": "BREW"},
    "a body": {"headers": [OWN_COOKIE, ("content-length", "3")]},
    "a body without a length": {"headers": [OWN_COOKIE, ("transfer-encoding", "chunked")]},
    "two lines of cookies": {"headers": [OWN_COOKIE, ("cookie", "a=b")]},
    "two lines of one header": {"headers": [OWN_COOKIE, ("x-forwarded-host", WIKI), ("x-forwarded-host", WIKI)]},
    "a quotation mark before the address": {"headers": [OWN_COOKIE, ("x-forwarded-for", '", 203.0.113.5')]},
    "no address where one should be": {"headers": [OWN_COOKIE, ("x-forwarded-for", "203.0.113.5,")]},
    "an address as long as a page": {"headers": [OWN_COOKIE, ("x-forwarded-for", "1" * 5000)]},
    "a query beyond ASCII": {"headers": [OWN_COOKIE], "query_string": "tenant=é"},
    "huge cookies": {"headers": [("cookie", "; ".join(f"c{number}={'x' * 500}" for number in range(100)))]},
    "a huge query": {"headers": [OWN_COOKIE], "query_string": "a&" * 5000},
    "another page": {"path": "/account"},
    "a path that only looks like it": {"path": "//session"},
}


def sent(case: dict[str, Any], path: str, cookies: dict[str, str]) -> Sent:
    headers = Headers([("host", "localhost"), ("x-request-id", "0123456789abcdef")])
    headers += [(name, value.format(**cookies) if "{" in value else value) for name, value in case.get("headers", [])]
    return Sent(**{"path": path, **case, "headers": headers})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", SAME)
def test_the_loop_answers_what_a_thread_answers(vendor: World, cookies: dict[str, str], name: str, path: str) -> None:
    async def ask() -> None:
        asked = sent(SAME[name], path, cookies)
        expected = await by_thread(vendor, asked)
        assert await by_loop(vendor, asked) == expected
        assert expected[0] in {200, 302, 401, 403}
        if name == "alice":
            assert expected[0] == 200

    in_a_loop(ask())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", LEFT)
def test_what_is_unusual_is_left_to_a_thread(vendor: World, cookies: dict[str, str], name: str, path: str) -> None:
    async def ask() -> None:
        assert await by_loop(vendor, sent(LEFT[name], path, cookies)) is None

    in_a_loop(ask())


def test_of_clicks_on_the_loop_alone_one_a_minute_is_written(vendor: World, cookies: dict[str, str]) -> None:
    async def ask() -> None:
        asked = sent(SAME["alice"], "/session", cookies)
        vendor.clock.forward(SEEN_EVERY_S)
        assert await by_loop(vendor, asked) is not None
        before = stored(vendor, cookies).last_seen_at
        vendor.clock.forward(SEEN_EVERY_S - 1)
        assert await by_loop(vendor, asked) is not None
        assert stored(vendor, cookies).last_seen_at == before
        vendor.clock.forward(1)
        assert await by_loop(vendor, asked) is not None
        assert stored(vendor, cookies).last_seen_at == before + SEEN_EVERY_S

    in_a_loop(ask())


def test_a_click_of_a_session_near_its_end_is_left_to_a_thread(vendor: World, cookies: dict[str, str]) -> None:
    """Which writes it before it answers: what is asked after the end must find it."""
    ends_at = stored(vendor, cookies).expires_at

    async def ask() -> None:
        asked = sent(SAME["alice"], "/session", cookies)
        vendor.clock.forward(ends_at - vendor.clock.now() - 1)
        assert await by_loop(vendor, asked) is None
        assert (await by_thread(vendor, asked))[0] == 200
        vendor.clock.forward(2)
        assert await by_loop(vendor, asked) is not None

    in_a_loop(ask())


def stored(world: World, cookies: dict[str, str]) -> SessionSummary:
    with world.bridge.database.read() as work:
        found = work.sessions.summary(session_id(cookies[OWN]), now=world.clock.now())
    assert found
    return found


@pytest.mark.parametrize("when", ["before", "while it waits for the database"])
def test_a_log_that_nobody_reads_does_not_stop_the_loop(
    vendor: World, cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Many checks may wait at once: what one finds free, the others of the same turn have filled."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    log_room = select.poll()
    log_room.register(writing, select.POLLOUT)
    summary = SqlLoopSessions.summary

    async def others_log_meanwhile(*asked: Any, **more: Any) -> Any:
        found = await summary(*asked, **more)
        fill(writing)
        return found

    if when == "before":
        fill(writing)
    else:
        monkeypatch.setattr(SqlLoopSessions, "summary", others_log_meanwhile)

    async def ask() -> None:
        assert await by_loop(vendor, sent(SAME["alice"], "/session", cookies), log_room=log_room) is None

    in_a_loop(ask())
    os.close(reading)
    os.close(writing)


def fill(pipe: int) -> None:
    with suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x" * 4096)


def test_a_key_that_has_to_be_read_is_read_in_a_thread(vendor: World, cookies: dict[str, str], tmp_path: Path) -> None:
    async def ask() -> None:
        asked = sent(SAME["alice"], "/forward-auth", cookies)
        vendor.bridge.oauth2.signing_keys._recent.until = 0.0
        assert await by_loop(vendor, asked) is None
        assert (await by_thread(vendor, asked))[0] == 200
        assert await by_loop(vendor, asked) is not None

    in_a_loop(ask())


def test_a_mistake_on_the_loop_is_left_to_a_thread_which_answers(
    vendor: World, cookies: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SqlLoopSessions, "summary", broken)

    async def ask() -> None:
        assert await by_loop(vendor, sent(SAME["alice"], "/session", cookies)) is None

    in_a_loop(ask())
