"""The real server, two worker processes over each database: whatever one process does holds for all of them."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import requests

from app.domain.account import Account
from app.domain.connection import Connection
from app.domain.login_policy import LoginPolicy, Method
from app.domain.tenant import Status, Tenant
from tests.builders import CLIENT_SECRET
from tests.contracts.race import AT_ONCE, all_at_once
from tests.fake_idp import FakeProvider
from tests.fake_idp.provider import Endpoint
from tests.integration.conftest import migrate
from tests.integration.server import KEY, Server, Visitor, encoded, memory_bytes
from tests.integration.switching import switch
from tests.services.postgres import PostgresServer
from tests.services.process import answers

PASSWORD = "correct horse battery staple"
NUMBERS = count(1)
MEGABYTE = 1024 * 1024
NEW_KEY = b"n" * 32


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests of this file; each makes a tenant of its own."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/sso-bridge.sqlite3"
        migrate(url)
    else:
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        postgres.start()
        url = postgres.fresh(prepare=None)
        migrate(url)
    server = Server.start(folder, url)
    yield server
    server.close()


@dataclass
class Customer:
    """A tenant of the test's own, with alice and a provider."""

    server: Server
    idp: FakeProvider
    slug: str
    tenant: Tenant
    account: Account
    connection: Connection

    def visitor(self) -> Visitor:
        return Visitor(self.server)

    def by_sso(self) -> Visitor:
        visitor = self.visitor()
        assert visitor.sign_in(self.idp, self.slug).status_code == 303
        return visitor

    def by_password(self) -> Visitor:
        visitor = self.visitor()
        assert visitor.password_login(self.slug, "alice", PASSWORD).status_code == 303
        return visitor

    def live_sessions(self, method: Method) -> int:
        with self.server.world.bridge.database.read() as work:
            return work.sessions.count_live(self.tenant.id, now=self.server.world.clock.now(), method=method)

    def apply(self, status: str = "active") -> str:
        """By the command line: the connection with this status."""
        file = self.server.folder / f"{self.slug}.toml"
        file.write_text(
            f"""
            [[tenants]]
            slug = "{self.slug}"
            name = "{self.tenant.name}"
            [[tenants.connections]]
            name = "main"
            issuer = "{self.idp.issuer}"
            client_id = "bridge"
            client_secret = {json.dumps(CLIENT_SECRET)}
            status = "{status}"
            """
        )
        return self.server.command("apply", str(file))


@pytest.fixture
def customer(server: Server, idp: FakeProvider) -> Customer:
    slug = f"customer-{next(NUMBERS)}"
    tenant = server.world.tenant(slug)
    account = server.world.account(tenant, "alice", email="alice@acme.example", password=PASSWORD)
    return Customer(server, idp, slug, tenant, account, server.world.connection(tenant, idp))


def test_several_workers_serve(server: Server) -> None:
    assert len(server.workers()) == 2


def test_of_many_callbacks_with_one_state_one_opens_a_session(customer: Customer) -> None:
    visitor = customer.visitor()
    callback = visitor.callback(customer.idp, customer.slug)
    taken = dict(visitor.cookies)
    statuses = all_at_once(lambda _: customer.server.get(callback, cookies=taken).status_code)
    assert statuses.count(303) == 1
    # 502: the provider has given this code out to the one that was first.
    assert set(statuses) <= {303, 400, 403, 409, 410, 502}
    assert customer.live_sessions(Method.SSO) == 1


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


# What a client may say about itself


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https"},
        {"X-Forwarded-Uri": "/secret", "X-Original-Uri": "/secret", "Forwarded": "for=203.0.113.9;host=evil.example"},
        {"X_Forwarded_Uri": "/secret", "X_Original_Uri": "/secret", "X-Forwarded-Prefix": "/evil"},
        {"X_Auth_Account": "boss", "X-Auth-Username": "boss", "Remote_User": "boss", "X-Rewrite-Url": "/metrics"},
    ],
)
def test_what_an_untrusted_client_says_of_its_address_and_of_ours_changes_nothing(
    customer: Customer, headers: dict[str, str]
) -> None:
    for path in ("/forward-auth", "/forward-auth?redirect=1", f"/t/{customer.slug}/login", "/account", "/session"):
        plain, dressed = customer.server.get(path), customer.server.get(path, headers=headers)
        assert dressed.status_code == plain.status_code
        assert dressed.headers.get("Location") == plain.headers.get("Location")
        assert "evil" not in dressed.text
    assert "203.0.113.9" not in customer.server.log()


# Restarts


def test_sessions_and_half_finished_logins_survive_a_rotation_of_keys(customer: Customer) -> None:
    customer.idp.client(client_secret=CLIENT_SECRET)
    by_sso, waiting = customer.by_sso(), customer.visitor()
    callback = waiting.callback(customer.idp, customer.slug)
    customer.server.restart(SSO_BRIDGE_SECRET_KEYS=encoded(NEW_KEY, KEY))
    assert by_sso.session() == {200}
    assert waiting.get(callback).status_code == 303, "its cookie and the client secret still open"
    assert customer.by_sso().session() == {200}
    home = by_sso.get("/account").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', home)[-1]
    out = by_sso.post("/logout", {"csrf_token": token})
    assert "id_token_hint" in out.headers["Location"], "what was sealed with the session still opens"


def test_sigterm_lets_a_login_finish_and_ends_every_process_and_no_session(customer: Customer) -> None:
    server, waiting, another = customer.server, customer.visitor(), customer.visitor()
    by_password = customer.by_password()
    unfinished = another.callback(customer.idp, customer.slug)
    callback = waiting.callback(customer.idp, customer.slug)
    workers = server.workers()
    customer.idp.hang("token")
    with ThreadPoolExecutor(1) as threads:
        login = threads.submit(waiting.get, callback)
        customer.idp.wait_for("token", timeout=20)
        process = server.service._process
        assert process is not None
        process.terminate()
        while answers(server.port):
            assert process.poll() is None, "it has not gone before the login"
        customer.idp.release()
        assert login.result().status_code == 303
    assert process.wait(30) == 0
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in server.log()
    server.restart()
    assert waiting.session() == {200}
    assert by_password.session() == {200}
    assert another.get(unfinished).status_code == 303


# A provider that floods


def pieces(megabytes: int) -> Iterator[bytes]:
    return (b" " * MEGABYTE for _ in range(megabytes))


@pytest.mark.parametrize("endpoint", ["discovery", "token", "jwks", "userinfo"])
def test_fifty_megabytes_from_a_provider_cost_a_worker_almost_nothing(customer: Customer, endpoint: Endpoint) -> None:
    idp, server = customer.idp, customer.server
    idp.claims_in = "userinfo"
    before = {pid: memory_bytes(pid)[0] for pid in server.workers()}
    visitor = customer.visitor()
    for _ in range(4):
        idp.answer(endpoint, body=pieces(50), times=1)
        answer = last_answer(visitor, customer)
        assert answer.status_code < 600
        assert answer.status_code != 500
    for pid, resident in before.items():
        assert memory_bytes(pid)[1] - resident < 100 * MEGABYTE
    assert set(server.workers()) == set(before), "nobody died of it"


def last_answer(visitor: Visitor, customer: Customer) -> requests.Response:
    out = visitor.get(f"/t/{customer.slug}/oauth/login")
    if out.status_code != 302:
        return out
    callback = customer.idp.authorize(out.headers["Location"]).callback_url
    return visitor.get(callback.removeprefix(f"http://127.0.0.1:{customer.server.port}"))
