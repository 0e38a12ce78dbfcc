from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Event

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.audit import AuditEntry
from app.domain.connection import Connection
from app.domain.login_policy import LoginPolicy, Method
from app.domain.tenant import Status, Tenant
from app.services.enforcement import Switched, SwitchRefused
from tests.builders import World, callback_of, choose, hidden_fields, offered_accounts, password_login
from tests.contracts.race import AT_ONCE, all_at_once
from tests.fake_idp import FakeProvider

PASSWORD = "correct horse battery staple"
PATIENCE_S = 30


@dataclass
class Acme:
    """A tenant that takes both, with a provider: alice has one account."""

    world: World
    idp: FakeProvider
    tenant: Tenant
    connection: Connection

    def switch(self, policy: LoginPolicy, *, actor: str = "sam@staff", override: bool = False) -> Switched:
        enforcement = self.world.bridge.enforcement
        return enforcement.switch("acme", policy, actor=actor, reason="ticket 4711", override=override)

    def by_sso(self) -> FlaskClient:
        """A browser that signed in at the provider."""
        client = self.world.client()
        assert self.world.sign_in(client, self.idp).status_code == 303
        return client

    def by_password(self, username: str = "alice", tenant: str = "acme") -> FlaskClient:
        client = self.world.client()
        assert password_login(client, username, PASSWORD, tenant=tenant).status_code == 303
        return client

    def signed_in(self, client: FlaskClient) -> bool:
        return self.world.session(client) is not None

    def policy(self) -> tuple[LoginPolicy, int]:
        with self.world.bridge.database.read() as work:
            tenant = work.tenants.get(self.tenant.id)
        assert tenant is not None
        return tenant.policy, tenant.password_epoch

    def audit(self) -> list[AuditEntry]:
        with self.world.bridge.database.read() as work:
            return list(work.audit.of_tenant(self.tenant.id))

    def password_sessions(self) -> int:
        with self.world.bridge.database.read() as work:
            return work.sessions.count_live(self.tenant.id, now=self.world.clock.now(), method=Method.PASSWORD)


def founded(world: World, idp: FakeProvider) -> Acme:
    tenant = world.tenant("acme")
    world.account(tenant, "alice", email="alice@acme.example", password=PASSWORD)
    return Acme(world, idp, tenant, world.connection(tenant, idp))


@pytest.fixture
def acme(world: World, idp: FakeProvider) -> Acme:
    return founded(world, idp)


@pytest.fixture
def either_acme(either_world: World, idp: FakeProvider) -> Acme:
    return founded(either_world, idp)


@dataclass
class Paused:
    """A password login that has come as far as the password, and waits there."""

    answer: Callable[[], TestResponse]
    """Let it go on."""


@pytest.fixture
def paused(either_acme: Acme, monkeypatch: pytest.MonkeyPatch) -> Paused:
    arrived, go_on = Event(), Event()
    verify = either_acme.world.bridge.hasher.verify

    def wait_then_verify(password: str, stored: str | None) -> bool:
        arrived.set()
        assert go_on.wait(PATIENCE_S)
        return verify(password, stored)

    monkeypatch.setattr(either_acme.world.bridge.hasher, "verify", wait_then_verify)
    threads = ThreadPoolExecutor(1)
    login = threads.submit(password_login, either_acme.world.client(), "alice", PASSWORD)
    assert arrived.wait(PATIENCE_S)

    def answer() -> TestResponse:
        go_on.set()
        threads.shutdown()
        return login.result()

    return Paused(answer)


# What the switch asks for


def test_without_a_login_through_the_provider_the_switch_is_refused_and_nothing_changes(acme: Acme) -> None:
    browser = acme.by_password()
    with pytest.raises(SwitchRefused) as refused:
        acme.switch(LoginPolicy.SSO_ONLY)
    assert "Nobody has signed in through the present settings of main" in str(refused.value)
    assert acme.policy() == (LoginPolicy.SSO_OPTIONAL, 1)
    assert acme.audit() == []
    assert acme.signed_in(browser)


def test_a_tenant_without_a_connection_is_not_switched(world: World) -> None:
    world.tenant("acme")
    with pytest.raises(SwitchRefused, match="no active connection"):
        world.bridge.enforcement.switch("acme", LoginPolicy.SSO_ONLY, actor="sam", reason="ticket")


def test_a_login_through_other_settings_is_no_test_of_the_present_ones(acme: Acme) -> None:
    acme.by_sso()
    with acme.world.bridge.database.read() as work:
        tested = work.connections.get(acme.tenant.id, acme.connection.id)
    assert tested is not None
    acme.world.save(replace(tested, provider=replace(tested.provider, email_trust="always")))
    with pytest.raises(SwitchRefused):
        acme.switch(LoginPolicy.SSO_ONLY)
    acme.by_sso()
    assert acme.switch(LoginPolicy.SSO_ONLY).tenant.policy is LoginPolicy.SSO_ONLY


def test_a_tested_connection_that_is_disabled_does_not_count(acme: Acme) -> None:
    acme.by_sso()
    with acme.world.bridge.database.read() as work:
        tested = work.connections.get(acme.tenant.id, acme.connection.id)
    assert tested is not None
    acme.world.save(replace(tested, status=Status.DISABLED))
    with pytest.raises(SwitchRefused, match="no active connection"):
        acme.switch(LoginPolicy.SSO_ONLY)


def test_an_override_goes_ahead_and_the_audit_names_what_it_went_over(acme: Acme) -> None:
    switched = acme.switch(LoginPolicy.SSO_ONLY, override=True)
    assert len(switched.overridden) == 1
    (entry,) = acme.audit()
    assert entry.after["overridden"] == list(switched.overridden)


def test_an_override_where_nothing_stands_in_the_way_is_not_recorded_as_one(acme: Acme) -> None:
    acme.by_sso()
    assert acme.switch(LoginPolicy.SSO_ONLY, override=True).overridden == ()
    assert acme.audit()[0].after["overridden"] == []


# What it does


def test_a_switch_is_audited_once_with_who_when_and_why(either_acme: Acme) -> None:
    either_acme.by_sso()
    either_acme.by_password()
    either_acme.switch(LoginPolicy.SSO_ONLY, actor="sam@staff")
    again = either_acme.switch(LoginPolicy.SSO_ONLY, actor="nina@staff")
    assert again.before is LoginPolicy.SSO_ONLY
    assert again.sessions_ended == 0
    (entry,) = either_acme.audit()
    assert (entry.actor, entry.action, entry.subject, entry.reason) == (
        "sam@staff",
        "tenant.policy",
        "acme",
        "ticket 4711",
    )
    assert entry.before == {"policy": "sso_optional"}
    assert entry.after == {"policy": "sso_only", "sessions_ended": 1, "overridden": []}
    assert abs(entry.at - either_acme.world.clock.now()) < PATIENCE_S


def test_sessions_of_passwords_die_in_every_browser_and_those_of_the_provider_live(either_acme: Acme) -> None:
    by_sso, by_password, elsewhere = either_acme.by_sso(), either_acme.by_password(), either_acme.by_password()
    assert either_acme.switch(LoginPolicy.SSO_ONLY).sessions_ended == 2
    assert not either_acme.signed_in(by_password)
    assert not either_acme.signed_in(elsewhere)
    assert either_acme.signed_in(by_sso)
    assert by_password.get("/account").status_code == 303
    assert by_password.get("/forward-auth").status_code == 401
    assert by_password.get("/accounts/choose").headers["Location"] == "/"


def test_the_way_back_opens_the_password_form_again_but_brings_no_old_session_back(either_acme: Acme) -> None:
    by_sso, by_password = either_acme.by_sso(), either_acme.by_password()
    either_acme.switch(LoginPolicy.SSO_ONLY)
    either_acme.switch(LoginPolicy.SSO_OPTIONAL)
    assert not either_acme.signed_in(by_password)
    assert either_acme.signed_in(by_sso)
    assert either_acme.signed_in(either_acme.by_password())
    assert [entry.after["policy"] for entry in either_acme.audit()] == ["sso_only", "sso_optional"]
    assert either_acme.policy() == (LoginPolicy.SSO_OPTIONAL, 2)


def test_each_switch_over_raises_the_epoch_once(acme: Acme) -> None:
    acme.by_sso()
    for _ in range(3):
        acme.switch(LoginPolicy.SSO_ONLY)
        acme.switch(LoginPolicy.PASSWORD)
    assert acme.policy() == (LoginPolicy.PASSWORD, 4)


def test_the_switch_of_one_tenant_is_nothing_to_another(acme: Acme) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "alice", email="alice@acme.example", password=PASSWORD)
    there = acme.by_password(tenant="globex")
    acme.by_sso()
    acme.switch(LoginPolicy.SSO_ONLY)
    assert acme.signed_in(there)
    assert acme.signed_in(acme.by_password(tenant="globex"))


def test_a_password_session_of_another_tenant_leads_to_no_account_of_a_switched_one(acme: Acme) -> None:
    globex = acme.world.tenant("globex")
    acme.world.account(globex, "alice", email="alice@acme.example", password=PASSWORD)
    target = acme.world.account(acme.tenant, "lead", email="alice@acme.example")
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    there = acme.by_password(tenant="globex")
    form = hidden_fields(there.get("/account"))
    answer = there.post("/accounts/choose", data={**form, "account": target.id})
    assert answer.status_code == 403
    session = acme.world.session(there)
    assert session is not None
    assert session["tenant"] == "globex"


# Every way round it


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"username": "alice", "password": PASSWORD}, id="the right password"),
        pytest.param({"username": "alice", "password": "wrong"}, id="a wrong password"),
        pytest.param({"username": "nobody", "password": "wrong"}, id="an unknown person"),
        pytest.param({"username": "alice@acme.example", "password": PASSWORD}, id="an email"),
        pytest.param({"username": "", "password": ""}, id="nothing typed"),
        pytest.param({}, id="no form at all"),
    ],
)
def test_in_an_sso_only_tenant_every_password_gets_the_same_403(acme: Acme, fields: dict[str, str]) -> None:
    client = acme.world.client()
    before = hidden_fields(client.get("/t/acme/login"))
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    answer = client.post("/t/acme/login", data={**before, **fields})
    assert answer.status_code == 403
    assert acme.world.trace(answer)["reason"] == "password_not_allowed"
    assert "sso_session" not in str(answer.headers)
    assert client.post("/t/acme/login", data=fields).status_code == 403, "without the form's token too"


def test_no_other_method_type_or_spelling_of_the_form_is_a_way_in(acme: Acme) -> None:
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    client = acme.world.client()
    fields = {"username": "alice", "password": PASSWORD}
    answers = [
        client.post("/t/acme/login", json=fields),
        client.post("/t/acme/login?policy=password&Y=1", data=fields),
        client.post("/t/acme/login", data=fields, headers={"X-HTTP-Method-Override": "GET"}),
        client.put("/t/acme/login", data=fields),
        client.get("/t/acme/login", query_string={**fields, "Y": "1"}),
        client.post("/t/acme/login/", data=fields),
        client.post("/t//acme/login", data=fields),
        client.post("/t/ACME/login", data=fields),
        client.post("/t/acme%2Flogin", data=fields),
        client.post("/t/acme/login;x", data=fields),
    ]
    assert all("sso_session" not in str(answer.headers) for answer in answers)
    assert not acme.signed_in(client)
    assert acme.password_sessions() == 0


def test_the_login_page_of_an_sso_only_tenant_has_no_password_form(acme: Acme) -> None:
    acme.switch(LoginPolicy.SSO_ONLY, override=True)
    page = acme.world.client().get("/t/acme/login").get_data(as_text=True)
    assert "OAuth Login" in page
    assert 'type="password"' not in page


def test_while_the_provider_is_away_no_password_opens_an_sso_only_tenant(acme: Acme) -> None:
    by_sso = acme.by_sso()
    acme.switch(LoginPolicy.SSO_ONLY)
    acme.idp.stop()
    acme.world.clock.forward(3601)
    page = acme.world.client().get("/t/acme/oauth/login")
    assert page.status_code in (302, 502, 503)
    assert 'type="password"' not in page.get_data(as_text=True)
    assert password_login(acme.world.client(), "alice", PASSWORD).status_code == 403
    assert acme.signed_in(by_sso)


def test_an_sso_login_begun_before_the_switch_is_completed_after_it(acme: Acme) -> None:
    acme.by_sso()
    client = acme.world.client()
    callback = callback_of(client, acme.idp)
    acme.switch(LoginPolicy.SSO_ONLY)
    assert client.get(callback).status_code == 303
    assert acme.signed_in(client)


def test_an_sso_login_begun_before_a_switch_to_passwords_ends_there(acme: Acme) -> None:
    client = acme.world.client()
    callback = callback_of(client, acme.idp)
    acme.switch(LoginPolicy.PASSWORD)
    answer = client.get(callback)
    assert answer.status_code == 403
    assert acme.world.trace(answer)["reason"] == "sso_not_allowed"
    assert not acme.signed_in(client)
    assert acme.idp.requests("token") == [], "nothing further is called"


def test_a_chooser_opened_before_a_switch_to_passwords_opens_nothing(acme: Acme) -> None:
    acme.world.account(acme.tenant, "lead", email="alice@acme.example")
    client = acme.world.client()
    chooser = acme.world.sign_in(client, acme.idp)
    acme.switch(LoginPolicy.PASSWORD)
    answer = choose(client, chooser, offered_accounts(chooser)[0])
    assert answer.status_code == 403
    assert not acme.signed_in(client)


# Races


def test_of_two_supporters_at_once_one_switches_and_the_epoch_rises_once(either_acme: Acme) -> None:
    either_acme.by_sso()
    done = all_at_once(lambda number: either_acme.switch(LoginPolicy.SSO_ONLY, actor=f"supporter {number}"))
    assert [one.before for one in done].count(LoginPolicy.SSO_OPTIONAL) == 1
    assert all(one.tenant.policy is LoginPolicy.SSO_ONLY for one in done)
    assert len(either_acme.audit()) == 1
    assert either_acme.policy() == (LoginPolicy.SSO_ONLY, 2)


def test_supporters_who_want_different_things_leave_a_chain_of_changes(either_acme: Acme) -> None:
    either_acme.by_sso()
    policies = (LoginPolicy.SSO_ONLY, LoginPolicy.PASSWORD)
    all_at_once(lambda number: either_acme.switch(policies[number % 2]))
    entries = either_acme.audit()
    for earlier, later in pairwise(entries):
        assert earlier.after["policy"] == later.before["policy"]
    policy, epoch = either_acme.policy()
    assert policy.value == entries[-1].after["policy"]
    assert epoch == 1 + sum(entry.after["policy"] == "sso_only" for entry in entries)


def test_a_password_login_that_began_before_the_switch_opens_nothing_after_it(
    either_acme: Acme, paused: Paused
) -> None:
    either_acme.switch(LoginPolicy.SSO_ONLY, override=True)
    answer = paused.answer()
    assert answer.status_code == 403
    assert either_acme.world.trace(answer)["reason"] == "password_not_allowed"
    assert either_acme.password_sessions() == 0


def test_a_password_login_that_slept_through_there_and_back_opens_nothing(either_acme: Acme, paused: Paused) -> None:
    either_acme.switch(LoginPolicy.SSO_ONLY, override=True)
    either_acme.switch(LoginPolicy.SSO_OPTIONAL)
    assert paused.answer().status_code == 403
    assert either_acme.password_sessions() == 0
    assert either_acme.signed_in(either_acme.by_password()), "a new one is welcome"


def test_a_password_login_of_an_account_that_is_disabled_meanwhile_opens_nothing(
    either_acme: Acme, paused: Paused
) -> None:
    with either_acme.world.bridge.database.read() as work:
        account = work.accounts.by_username(either_acme.tenant.id, "alice")
    assert account is not None
    either_acme.world.save(replace(account, status=Status.DISABLED))
    assert paused.answer().status_code == 403
    either_acme.world.save(account)
    assert either_acme.password_sessions() == 0


def test_whatever_the_order_of_logins_and_the_switch_no_password_session_is_left(either_acme: Acme) -> None:
    either_acme.by_sso()
    clients = [either_acme.world.client() for _ in range(AT_ONCE)]

    def act(number: int) -> int:
        if number == AT_ONCE - 1:
            either_acme.switch(LoginPolicy.SSO_ONLY)
            return 303
        return password_login(clients[number], "alice", PASSWORD).status_code

    # A login page opened after the switch has no form, and so no token: 403 all the same.
    assert set(all_at_once(act)) <= {303, 403}
    assert either_acme.password_sessions() == 0
    either_acme.switch(LoginPolicy.SSO_OPTIONAL)
    assert either_acme.password_sessions() == 0
    assert not any(either_acme.signed_in(client) for client in clients)
