"""The real server with two workers, over each database."""

from collections.abc import Iterator

import pytest

from tests.fake_idp import FakeProvider
from tests.integration.customer import Customer, new_customer
from tests.integration.server import Server
from tests.services.postgres import PostgresServer
from tests.services.worlds import migrate


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def running_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`sso-bridge serve` with two workers. Many tests share it; one that stops it starts it again."""
    folder = tmp_path_factory.mktemp("server")
    url = f"sqlite:///{folder}/sso-bridge.sqlite3"
    if request.param == "postgres":
        postgres: PostgresServer = request.getfixturevalue("postgres_server")
        postgres.start()
        url = postgres.fresh()
    migrate(url)
    server = Server.start(folder, url)
    yield server
    server.close()


@pytest.fixture
def customer(running_server: Server, idp: FakeProvider) -> Customer:
    """At the running server."""
    return new_customer(running_server, idp)
