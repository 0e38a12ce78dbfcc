"""A switch while people sign in, and while somebody else switches."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Event

import pytest
from werkzeug.test import TestResponse

from app.domain.tenants.login_policy import LoginPolicy
from app.domain.tenants.tenant import Status
from tests.builders import World, password_login
from tests.contracts.race import AT_ONCE, all_at_once
from tests.fake_idp import FakeProvider
from tests.integration.sso_only.switchable import PASSWORD, PATIENCE_S, Switchable, switchable


@pytest.fixture
def either_acme(either_world: World, idp: FakeProvider) -> Switchable:
    return switchable(either_world, idp)


@dataclass
class Paused:
    """A password login that has come as far as the password, and waits there."""

    answer: Callable[[], TestResponse]
    """Let it go on."""


@pytest.fixture
def paused(either_acme: Switchable, monkeypatch: pytest.MonkeyPatch) -> Paused:
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


def test_of_two_supporters_at_once_one_switches_and_the_epoch_rises_once(either_acme: Switchable) -> None:
    either_acme.by_sso()
    done = all_at_once(lambda number: either_acme.switch(LoginPolicy.SSO_ONLY, actor=f"supporter {number}"))
    assert [one.before for one in done].count(LoginPolicy.SSO_OPTIONAL) == 1
    assert all(one.tenant.policy is LoginPolicy.SSO_ONLY for one in done)
    assert len(either_acme.audit()) == 1
    assert either_acme.policy() == (LoginPolicy.SSO_ONLY, True)


def test_supporters_who_want_different_things_leave_a_chain_of_changes(either_acme: Switchable) -> None:
    either_acme.by_sso()
    policies = (LoginPolicy.SSO_ONLY, LoginPolicy.PASSWORD)
    all_at_once(lambda number: either_acme.switch(policies[number % 2]))
    entries = either_acme.audit()
    for earlier, later in pairwise(entries):
        assert earlier.after["policy"] == later.before["policy"]
    policy, risen = either_acme.policy()
    assert policy.value == entries[-1].after["policy"]
    assert risen is any(entry.after["policy"] == "sso_only" for entry in entries)


def test_a_password_login_that_began_before_the_switch_opens_nothing_after_it(
    either_acme: Switchable, paused: Paused
) -> None:
    either_acme.switch(LoginPolicy.SSO_ONLY, override=True)
    answer = paused.answer()
    assert answer.status_code == 403
    assert either_acme.world.trace(answer)["reason"] == "password_not_allowed"
    assert either_acme.password_sessions() == 0


def test_a_password_login_that_slept_through_there_and_back_opens_nothing(
    either_acme: Switchable, paused: Paused
) -> None:
    either_acme.switch(LoginPolicy.SSO_ONLY, override=True)
    either_acme.switch(LoginPolicy.SSO_OPTIONAL)
    assert paused.answer().status_code == 403
    assert either_acme.password_sessions() == 0
    assert either_acme.signed_in(either_acme.by_password()), "a new one is welcome"


def test_a_password_login_of_an_account_that_is_disabled_meanwhile_opens_nothing(
    either_acme: Switchable, paused: Paused
) -> None:
    with either_acme.world.bridge.database.read() as work:
        account = work.accounts.by_username(either_acme.tenant.id, "alice")
    assert account is not None
    either_acme.world.save(replace(account, status=Status.DISABLED))
    assert paused.answer().status_code == 403
    either_acme.world.save(account)
    assert either_acme.password_sessions() == 0


def test_whatever_the_order_of_logins_and_the_switch_no_password_session_is_left(either_acme: Switchable) -> None:
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
