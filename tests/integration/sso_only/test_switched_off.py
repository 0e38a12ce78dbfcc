"""What is switched off stops at once, also in the middle of a login, and what has ended stays ended."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.tenants.tenant import Status, Tenant
from app.services.accounts.matching import AccountService
from app.services.sso_only.enforcement import Enforcement
from tests.builders import World, callback_of, choose, hidden_fields, offered_accounts, password_login
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.switching import switch

PASSWORD = "correct horse battery staple"
PATIENCE_S = 30
KINDS = ("tenant", "account", "connection")


@dataclass
class Acme:
    """alice has two accounts of one email, so that the chooser and the change of account have something to do."""

    world: World
    idp: FakeProvider
    tenant: Tenant
    account: Account
    lead: Account
    connection: Connection

    def switch(self, kind: str, status: Status) -> None:
        things: dict[str, Tenant | Account | Connection] = {
            "tenant": self.tenant,
            "account": self.account,
            "connection": self.connection,
        }
        switch(self.world, things[kind], status)

    def by_sso(self) -> FlaskClient:
        client = self.world.client()
        choose(client, self.world.sign_in(client, self.idp), self.account.id)
        assert self.world.session(client) is not None
        return client

    def by_password(self) -> FlaskClient:
        client = self.world.client()
        assert password_login(client, "alice", PASSWORD).status_code == 303
        return client

    def someone_waits_for_a_lock(self) -> bool:
        """In PostgreSQL, of this test's database."""
        url = self.world.bridge.settings.database.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = %s"
            row = connection.execute(query, ("Lock",)).fetchone()
        return row is not None and bool(row[0])


def founded(world: World, idp: FakeProvider) -> Acme:
    tenant = world.tenant("acme")
    account = world.account(tenant, "alice", email="alice@acme.example", password=PASSWORD)
    lead = world.account(tenant, "lead", email="alice@acme.example")
    return Acme(world, idp, tenant, account, lead, world.connection(tenant, idp))


@pytest.fixture
def acme(either_world: World, idp: FakeProvider) -> Acme:
    return founded(either_world, idp)


@pytest.fixture
def on_postgres(postgres_world: World, idp: FakeProvider) -> Acme:
    return founded(postgres_world, idp)


@pytest.mark.parametrize("kind", KINDS)
def test_sessions_end_at_once_and_stay_ended_when_it_comes_back(acme: Acme, kind: str) -> None:
    by_sso, by_password = acme.by_sso(), acme.by_password()
    acme.switch(kind, Status.DISABLED)
    assert acme.world.session(by_sso) is None
    assert (acme.world.session(by_password) is None) == (kind != "connection")
    acme.switch(kind, Status.ACTIVE)
    assert acme.world.session(by_sso) is None
    assert (acme.world.session(by_password) is None) == (kind != "connection")
    assert acme.world.session(acme.by_sso()) is not None, "a new login is welcome"


@pytest.mark.parametrize("kind", KINDS)
def test_a_login_that_is_at_the_provider_meanwhile_opens_nothing(acme: Acme, kind: str) -> None:
    client = acme.world.client()
    callback = callback_of(client, acme.idp)
    acme.switch(kind, Status.DISABLED)
    answer = client.get(callback)
    acme.switch(kind, Status.ACTIVE)
    session: Any = acme.world.session(client)
    if kind == "account":
        assert session["account"]["username"] == "lead", "the other account of the same person"
    else:
        assert answer.status_code == 403
        assert acme.world.trace(answer)["reason"] == f"{kind}_disabled"
        assert session is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_chooser_that_is_open_meanwhile_opens_nothing(acme: Acme, kind: str) -> None:
    client = acme.world.client()
    chooser = acme.world.sign_in(client, acme.idp)
    assert acme.account.id in offered_accounts(chooser)
    acme.switch(kind, Status.DISABLED)
    assert choose(client, chooser, acme.account.id).status_code == 403
    assert acme.world.session(client) is None


def test_a_disabled_account_cannot_be_changed_to(acme: Acme) -> None:
    client = acme.world.client()
    choose(client, acme.world.sign_in(client, acme.idp), acme.lead.id)
    home = client.get("/account")
    acme.switch("account", Status.DISABLED)
    answer = client.post("/accounts/choose", data={**hidden_fields(home), "account": acme.account.id})
    assert answer.status_code == 403
    session: Any = acme.world.session(client)
    assert session["account"]["username"] == "lead"


@contextmanager
def paused_after(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> Iterator[tuple[Event, Event]]:
    """The next caller of `owner.name` gets its answer, then waits: (it has arrived, it may go on)."""
    arrived, go_on = Event(), Event()
    honest = getattr(owner, name)

    def wait(*arguments: object, **named: object) -> object:
        found = honest(*arguments, **named)
        arrived.set()
        assert go_on.wait(PATIENCE_S)
        return found

    monkeypatch.setattr(owner, name, wait)
    yield arrived, go_on
    monkeypatch.undo()


def race(
    acme: Acme, monkeypatch: pytest.MonkeyPatch, kind: str, login: Callable[[], TestResponse], *, owner: type, name: str
) -> TestResponse:
    """`login` has read in its last transaction that all is well, when `kind` is switched off."""
    with ThreadPoolExecutor(1) as threads, paused_after(monkeypatch, owner, name) as (arrived, go_on):
        answer = threads.submit(login)
        assert arrived.wait(PATIENCE_S)
        off = Thread(target=acme.switch, args=(kind, Status.DISABLED))
        off.start()
        while off.is_alive() and not acme.someone_waits_for_a_lock():
            off.join(0.01)
        go_on.set()
        off.join()
        return answer.result()


@pytest.mark.parametrize("kind", KINDS)
def test_a_login_in_its_last_transaction_leaves_no_session_that_comes_back_to_life(
    on_postgres: Acme, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    client = on_postgres.world.client()
    chooser = on_postgres.world.sign_in(client, on_postgres.idp)

    def login() -> TestResponse:
        return choose(client, chooser, on_postgres.account.id)

    race(on_postgres, monkeypatch, kind, login, owner=AccountService, name="whom")
    assert on_postgres.world.session(client) is None
    on_postgres.switch(kind, Status.ACTIVE)
    assert on_postgres.world.session(client) is None


@pytest.mark.parametrize("kind", ["tenant", "account"])
def test_a_password_login_in_its_last_transaction_leaves_none_either(
    on_postgres: Acme, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    client = on_postgres.world.client()
    page = hidden_fields(client.get("/t/acme/login"))
    asked: list[object] = []
    honest = Enforcement.require

    def third_time_slow(*arguments: Any, **named: Any) -> None:
        honest(*arguments, **named)
        asked.append(arguments)
        if len(asked) == 3:  # before the form, before the password, and within the transaction
            arrived.set()
            assert go_on.wait(PATIENCE_S)

    with paused_after(monkeypatch, Enforcement, "require") as (arrived, go_on), ThreadPoolExecutor(1) as threads:
        monkeypatch.setattr(Enforcement, "require", third_time_slow)
        answer = threads.submit(client.post, "/t/acme/login", data={**page, "username": "alice", "password": PASSWORD})
        assert arrived.wait(PATIENCE_S)
        off = Thread(target=on_postgres.switch, args=(kind, Status.DISABLED))
        off.start()
        while off.is_alive() and not on_postgres.someone_waits_for_a_lock():
            off.join(0.01)
        go_on.set()
        off.join()
        answer.result()
    on_postgres.switch(kind, Status.ACTIVE)
    assert on_postgres.world.session(client) is None


def test_a_change_of_account_in_its_last_transaction_leaves_none_either(
    on_postgres: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = on_postgres.world.client()
    choose(client, on_postgres.world.sign_in(client, on_postgres.idp), on_postgres.lead.id)
    home = hidden_fields(client.get("/account"))

    def change() -> TestResponse:
        return client.post("/accounts/choose", data={**home, "account": on_postgres.account.id})

    race(on_postgres, monkeypatch, "account", change, owner=Enforcement, name="require")
    on_postgres.switch("account", Status.ACTIVE)
    session: Any = on_postgres.world.session(client)
    assert session is None or session["account"]["username"] == "lead"
