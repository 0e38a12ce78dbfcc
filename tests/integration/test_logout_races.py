"""A provider signs somebody out at the very moment in which a session is changed. PostgreSQL: it lets both go on."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from werkzeug.test import TestResponse

from app.adapters.sql.sessions import SqlSessions
from app.domain.session import Session
from tests.builders import World, choose
from tests.fake_idp import FakeProvider

ALICE = "alice@acme.example"
A_MOMENT_S = 0.3
"""For the logout to get as far as it can while the change is not committed."""


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
    added, go_on = Event(), Event()
    really_add = SqlSessions.add

    def add_slowly(sessions: SqlSessions, session: Session) -> None:
        really_add(sessions, session)
        added.set()
        go_on.wait(60)

    monkeypatch.setattr(SqlSessions, "add", add_slowly)
    with ThreadPoolExecutor(2) as threads:
        changing = threads.submit(choose, browser, page, lead.id)
        assert added.wait(60)
        logout = threads.submit(logouts[channel])
        time.sleep(A_MOMENT_S)
        go_on.set()
        assert (changing.result().status_code, logout.result().status_code) == (303, 200)
    assert world.session(browser) is None
