"""PostgreSQL hangs: its kernel accepts and acknowledges, and nothing answers. The real server goes on without it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from app.adapters.sql.database import engine, limits, postgres
from tests.fake_idp import FakeProvider
from tests.integration.customer import Customer, new_customer
from tests.integration.server import Server
from tests.services.postgres import PostgresServer
from tests.services.process import LOOPBACK

PROMISED_S = 5
PATIENCE_S = 60
"""Of this test, on a busy machine: before, an answer never came."""
CROWD = 100
"""More than the threads of a worker, and than the connections that it has."""
TRIES = 2000


@pytest.fixture
def server(tmp_path: Path, migrated_postgres_url: str) -> Iterator[Server]:
    server = Server.start(tmp_path, migrated_postgres_url, workers=1)
    yield server
    server.close()


@pytest.fixture
def customer(server: Server, idp: FakeProvider) -> Customer:
    return new_customer(server, idp)


def ask(server: Server, path: str, cookies: dict[str, str] | None = None) -> requests.Response:
    url = f"http://{LOOPBACK}:{server.port}{path}"
    return requests.get(url, cookies=cookies, headers={"Connection": "close"}, timeout=PATIENCE_S)


def test_everybody_is_told_within_five_seconds_when_to_come_back(
    customer: Customer, postgres_server: PostgresServer
) -> None:
    server, visitor = customer.server, customer.by_sso()
    with postgres_server.hung():
        first = ask(server, "/session", visitor.cookies)
        assert (first.status_code, int(first.headers["Retry-After"]) > 0) == (503, True)
        ready = ask(server, "/readyz")
        assert ready.status_code == 503
        with ThreadPoolExecutor(CROWD) as crowd:
            answers = list(crowd.map(lambda _: ask(server, "/session", visitor.cookies), range(CROWD)))
        assert {answer.status_code for answer in answers} == {503}
        assert ask(server, f"/t/{customer.slug}/login").status_code == 503
        told = ask(server, "/readyz").json()["dependencies"]["database"]
        assert told == {"ok": False, "reason": "the database does not answer"}
        assert ask(server, "/healthz").status_code == 200


def test_it_goes_on_by_itself_when_the_database_does(customer: Customer, postgres_server: PostgresServer) -> None:
    server, visitor = customer.server, customer.by_sso()
    with postgres_server.hung():
        assert ask(server, "/session", visitor.cookies).status_code == 503
    assert any(ask(server, "/readyz").status_code == 200 for _ in range(TRIES)), "it does not come back"
    assert ask(server, "/session", visitor.cookies).status_code == 200
    customer.by_sso()
    customer.by_password()


def test_checks_that_wait_for_a_hung_database_stop_nobody_and_are_answered_in_time(
    customer: Customer, postgres_server: PostgresServer
) -> None:
    """They wait on the event loop, where one that blocked would stop everything."""
    server, visitor = customer.server, customer.by_sso()
    assert ask(server, "/forward-auth", visitor.cookies).status_code == 200
    with postgres_server.hung(), ThreadPoolExecutor(CROWD) as crowd:
        waiting = [crowd.submit(ask, server, "/forward-auth", visitor.cookies) for _ in range(CROWD)]
        assert ask(server, "/healthz").status_code == 200
        assert ask(server, "/static/site.css").status_code == 200
        assert any(not one.done() for one in waiting), "they wait, and everybody else was answered"
        answers = [one.result() for one in waiting]
        assert {answer.status_code for answer in answers} == {503}
        assert {answer.headers["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert any(ask(server, "/forward-auth", visitor.cookies).status_code == 200 for _ in range(TRIES))


def test_the_wait_is_shorter_than_what_is_promised() -> None:
    """Of a connection that is made, of a free one, of a lock, of an answer; and the server gives up before we do."""
    waits = (postgres.CONNECT["connect_timeout"], engine.POOL_S, limits.LOCK_S, limits.ANSWER_S)
    assert max(waits) < PROMISED_S
    assert limits.LOCK_S < limits.STATEMENT_S < limits.ANSWER_S
