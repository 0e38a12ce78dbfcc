"""The real server, with PgBouncer in transaction mode between it and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.contracts.race import all_at_once
from tests.fake_idp import FakeProvider
from tests.integration.cli.conftest import Commands
from tests.integration.customer import Customer, new_customer
from tests.integration.server import Server
from tests.services.pgbouncer import PgBouncer, start_pgbouncer
from tests.services.postgres import PostgresServer


@pytest.fixture
def server(tmp_path: Path, pgbouncer_url: str) -> Iterator[Server]:
    server = Server.start(tmp_path, pgbouncer_url, workers=2)
    yield server
    server.close()


@pytest.fixture
def customer(server: Server, idp: FakeProvider) -> Customer:
    return new_customer(server, idp)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def test_everybody_comes_in_as_themselves(customer: Customer) -> None:
    """Many at once, on two workers that share three connections: nobody fails, and nobody is somebody else."""

    def come_and_go(number: int) -> None:
        for _ in range(6):
            visitor = customer.by_sso() if number % 2 else customer.by_password()
            found = customer.server.get("/session", cookies=visitor.cookies)
            assert found.status_code == 200
            assert found.json()["account"]["id"] == customer.account.id
            assert found.json()["method"] == ("sso" if number % 2 else "password")

    all_at_once(come_and_go)
    assert customer.server.everywhere(lambda: customer.server.get("/readyz").status_code) == {200}


def test_a_pooler_that_takes_transactions_apart_is_refused_at_the_start(
    commands: Commands, postgres_server: PostgresServer, migrated_postgres_url: str
) -> None:
    bouncer = start_pgbouncer(postgres_server, mode="statement")
    commands.environment["SSO_BRIDGE_DATABASE_URL"] = bouncer.url(migrated_postgres_url)
    said = commands.run("serve", exit_code=1).stderr
    bouncer.service.discard()
    assert said == (
        "The database is behind a pooler that splits transactions: set PgBouncer's pool_mode to transaction.\n"
    )


def test_doctor_names_the_pooler_and_asks_for_a_limit_on_the_server(
    commands: Commands, pgbouncer_url: str, migrated_postgres_url: str, pgbouncer: PgBouncer
) -> None:
    commands.environment["SSO_BRIDGE_DATABASE_URL"] = pgbouncer_url
    told = commands.run("doctor").stdout
    assert "statements are not prepared, and reads have no time limit on the server" in told
    name = migrated_postgres_url.rpartition("/")[2]
    with psycopg.connect(migrated_postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE \"{name}\" SET statement_timeout = '5s'".encode())
        connection.execute(
            b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            b" WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    (line,) = [line for line in commands.lines("doctor") if line.startswith("pooler")]
    assert line.split(maxsplit=2)[1:] == [
        "ok",
        "found between the bridge and the database, so statements are not prepared",
    ]
