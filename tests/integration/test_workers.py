"""The real server, two worker processes over each database: whatever one process does holds for all of them."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.accounts.account import Account
from app.domain.connections.connection import Connection
from app.domain.tenants.login_policy import LoginPolicy, Method
from app.domain.tenants.tenant import Status, Tenant
from tests.contracts.race import AT_ONCE, all_at_once
from tests.integration.customer import PASSWORD, Customer
from tests.integration.server import Server, Visitor
from tests.integration.sso_only.switching import switch

REPLAYS = 33


def test_several_workers_serve(running_server: Server) -> None:
    assert len(running_server.workers()) == 2


def test_of_many_callbacks_with_one_state_one_opens_a_session(customer: Customer) -> None:
    visitor = customer.visitor()
    callback = visitor.callback(customer.idp, customer.slug)
    taken = dict(visitor.cookies)
    statuses = all_at_once(lambda _: customer.server.get(callback, cookies=taken).status_code)
    assert sorted(statuses) == [303] + [400] * (AT_ONCE - 1)
    assert customer.live_sessions(Method.SSO) == 1


def test_replays_of_one_callback_hold_no_threads_at_a_provider_that_is_slow(customer: Customer) -> None:
    visitor = customer.visitor()
    callback = visitor.callback(customer.idp, customer.slug)
    taken = dict(visitor.cookies)
    customer.idp.forget_requests()
    customer.idp.hang("token")
    with ThreadPoolExecutor(REPLAYS + 1) as threads:
        first = threads.submit(customer.server.get, callback, cookies=taken)
        customer.idp.wait_for("token")
        replays = [threads.submit(customer.server.get, callback, cookies=taken) for _ in range(REPLAYS)]
        assert {replay.result().status_code for replay in replays} == {400}, "while the first one waits"
        assert all("each works only once" in replay.result().text for replay in replays)
        assert not first.done()
        customer.idp.release()
        assert first.result().status_code == 303
    assert customer.idp.calls.count("token") == 1


def test_of_many_choices_with_one_ticket_one_opens_a_session(customer: Customer) -> None:
    customer.server.world.account(customer.tenant, "lead", email="alice@acme.example")
    visitor = customer.visitor()
    chooser = visitor.sign_in(customer.idp, customer.slug)
    fields = dict(re.findall(r'<input[^>]*name="(\w+)" value="([^"]*)"', chooser.text))
    fields["account"] = customer.account.id
    copies = [Visitor(customer.server, dict(visitor.cookies)) for _ in range(AT_ONCE)]
    statuses = all_at_once(lambda number: copies[number].post("/accounts/choose", fields).status_code)
    assert statuses.count(303) == 1
    assert customer.live_sessions(Method.SSO) == 1


@pytest.mark.parametrize("kind", ["account", "connection", "tenant"])
def test_what_another_process_switches_off_is_off_on_every_worker_at_once(customer: Customer, kind: str) -> None:
    things: dict[str, Tenant | Account | Connection] = {
        "account": customer.account,
        "connection": customer.connection,
        "tenant": customer.tenant,
    }
    visitor, waiting = customer.by_sso(), customer.visitor()
    callback = waiting.callback(customer.idp, customer.slug)
    assert visitor.session() == {200}
    switch(customer.server.world, things[kind], Status.DISABLED)
    assert visitor.session() == {401}
    assert waiting.get(callback).status_code == 403, "a login in flight"
    switch(customer.server.world, things[kind], Status.ACTIVE)
    assert visitor.session() == {401}


def test_a_connection_that_the_command_line_disables_is_off_on_every_worker(customer: Customer) -> None:
    visitor = customer.by_sso()
    assert "main: status" in customer.apply(status="disabled")
    assert visitor.session() == {401}
    path = f"/t/{customer.slug}/oauth/login"
    server = customer.server
    assert server.everywhere(lambda: server.get(f"{path}?connection=main").status_code) == {403}
    customer.apply()
    assert server.everywhere(lambda: server.get(path).status_code) == {302}


def test_a_policy_that_the_command_line_switches_holds_on_every_worker(customer: Customer) -> None:
    by_sso, by_password = customer.by_sso(), customer.by_password()
    said = customer.server.command("tenant", "policy", customer.slug, "sso_only", "--reason", "ticket 4711")
    assert "sso_optional → sso_only" in said
    assert by_password.session() == {401}
    assert by_sso.session() == {200}

    def login() -> int:
        return customer.visitor().password_login(customer.slug, "alice", PASSWORD).status_code

    assert customer.server.everywhere(login) == {403}
    customer.server.command("tenant", "policy", customer.slug, "sso_optional", "--reason", "ticket 4712")
    assert by_password.session() == {401}
    assert customer.by_password().session() == {200}


def test_password_logins_that_race_with_a_switch_by_another_process_leave_no_session(customer: Customer) -> None:
    customer.by_sso()

    def act(number: int) -> int:
        if number == 0:
            enforcement = customer.server.world.bridge.enforcement
            enforcement.switch(customer.slug, LoginPolicy.SSO_ONLY, actor="sam", reason="ticket")
            return 303
        return customer.visitor().password_login(customer.slug, "alice", PASSWORD).status_code

    assert set(all_at_once(act)) <= {303, 403, 429}
    assert customer.live_sessions(Method.PASSWORD) == 0


def test_wrong_passwords_are_counted_by_all_workers_together(customer: Customer) -> None:
    def guess() -> int:
        return customer.visitor().password_login(customer.slug, "alice", "wrong").status_code

    statuses = [guess() for _ in range(10)]
    assert statuses == [401] * 10
    assert customer.server.everywhere(guess) == {429}


def test_a_trace_is_known_to_every_worker_and_to_the_command_line(customer: Customer) -> None:
    visitor = customer.by_sso()
    reference = visitor.get("/session").json()["reference"]
    trace = json.loads(customer.server.command("trace", reference, "--json"))
    assert (trace["tenant"], trace["outcome"]) == (customer.slug, "signed_in")


def test_the_metrics_of_any_worker_are_those_of_all(customer: Customer) -> None:
    before = signed_in(customer.server)
    logins = []

    def login() -> int:
        customer.by_sso()
        logins.append(1)
        return 303

    customer.server.everywhere(login)
    after = customer.server.everywhere(lambda: signed_in(customer.server))
    assert after == {before + len(logins)}


def signed_in(server: Server) -> int:
    found = re.search(
        r'^sso_bridge_logins_total\{method="sso",outcome="signed_in",reason=""\} (\S+)$',
        server.get("/metrics").text,
        re.MULTILINE,
    )
    return int(float(found[1])) if found else 0
