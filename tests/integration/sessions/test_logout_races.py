"""Somebody is signed out at the very moment in which their session is changed. PostgreSQL: it lets both go on."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

import pytest
from werkzeug.test import TestResponse

from app.adapters.sql.sessions.sessions import SqlSessions
from app.domain.sessions.session import Session
from app.services.accounts.account_admin import Actor
from tests.builders import World, choose, hidden_fields, password_login
from tests.fake_idp import FakeProvider

ALICE = "alice@acme.example"
PASSWORD = "correct horse battery staple"
A_MOMENT_S = 0.3
"""For the logout to get as far as it can while the change is not committed."""


First = TypeVar("First")
Second = TypeVar("Second")


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[], First], end: Callable[[], Second]
) -> tuple[First, Second]:
    """`end` begins when `change` has stored its new session and has not committed it yet."""
    added, go_on = Event(), Event()
    really_add = SqlSessions.add

    def add_slowly(sessions: SqlSessions, session: Session) -> None:
        really_add(sessions, session)
        added.set()
        go_on.wait(60)

    monkeypatch.setattr(SqlSessions, "add", add_slowly)
    with ThreadPoolExecutor(2) as threads:
        changing = threads.submit(change)
        assert added.wait(60)
        ending = threads.submit(end)
        time.sleep(A_MOMENT_S)
        go_on.set()
        return changing.result(), ending.result()


@pytest.mark.parametrize("channel", ["back", "front"])
def test_a_change_of_account_does_not_carry_a_session_past_the_logout(
    postgres_world: World, idp: FakeProvider, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    world, browser = postgres_world, postgres_world.client()
    tenant = world.tenant("acme")
    alice, lead = world.account(tenant, "alice", email=ALICE), world.account(tenant, "lead", email=ALICE)
    connection = world.connection(tenant, idp)
    idp.person("alice", email=ALICE)
    choose(browser, world.sign_in(browser, idp), alice.id)
    page = browser.get("/accounts/choose")
    with world.bridge.database.engine.connect() as rows:
        sid = rows.exec_driver_sql("SELECT provider_sid FROM sessions").scalar_one()
    logouts: dict[str, Callable[[], TestResponse]] = {
        "back": lambda: world.client().post(
            f"/backchannel-logout/{connection.id}", data={"logout_token": idp.logout_token()}
        ),
        "front": lambda: world.client().get(
            f"/frontchannel-logout/{connection.id}", query_string={"iss": idp.issuer, "sid": sid}
        ),
    }
    changed, ended = meanwhile(monkeypatch, lambda: choose(browser, page, lead.id), logouts[channel])
    assert (changed.status_code, ended.status_code) == (303, 200)
    assert world.session(browser) is None


def test_a_confirmation_does_not_carry_a_session_past_its_end_by_support(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, browser = postgres_world, postgres_world.client()
    alice = world.account(world.tenant("acme"), "alice", email=ALICE, password=PASSWORD)
    password_login(browser, "alice", PASSWORD)
    form = {**hidden_fields(browser.get("/account/confirm")), "password": PASSWORD}
    sam = Actor(name="sam", client_ip="198.51.100.1", reason="a lost laptop")
    confirmed, ended = meanwhile(
        monkeypatch,
        lambda: browser.post("/account/confirm", data=form),
        lambda: world.bridge.account_admin.end_of_account("acme", alice.id, by=sam),
    )
    assert (confirmed.status_code, ended) == (303, 1)
    assert world.session(browser) is None
