"""PgBouncer in front of PostgreSQL, in transaction mode unless a test asks for another."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.services.postgres import ROLE, PostgresServer
from tests.services.process import LOOPBACK, Service, free_port, private_folder

SERVER_CONNECTIONS = 3
"""Fewer than a test's clients: they take turns with each."""
SETTINGS = """\
[databases]
* = host={host} port={server} user={role}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {connections}
max_client_conn = 500
"""


@dataclass(kw_only=True)
class PgBouncer:
    service: Service
    port: int

    def url(self, database_url: str) -> str:
        """The same database, by way of this."""
        return f"postgresql+psycopg://{ROLE}@{LOOPBACK}:{self.port}/{database_url.rpartition('/')[2]}"


def start_pgbouncer(postgres: PostgresServer, *, mode: str) -> PgBouncer:
    owner = "postgres" if os.geteuid() == 0 else None  # PgBouncer refuses to run as root.
    folder = private_folder("pgbouncer", owner=owner)
    port = free_port()
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        SETTINGS.format(
            host=LOOPBACK, server=postgres.port, role=ROLE, port=port, mode=mode, connections=SERVER_CONNECTIONS
        )
    )
    settings.chmod(0o644)
    bouncer = PgBouncer(
        port=port,
        service=Service(
            name="pgbouncer",
            command=[_binary(), settings],
            folder=folder,
            ready=lambda: _accepts(port),
            run_as=owner,
        ),
    )
    bouncer.service.start()
    return bouncer


def _binary() -> Path:
    """Debian keeps it where only root looks."""
    found = shutil.which("pgbouncer", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
    if not found:
        message = "PgBouncer is missing: `make test` installs it, or says how to"
        raise FileNotFoundError(message)
    return Path(found)


def _accepts(port: int) -> bool:
    try:
        psycopg.connect(host=LOOPBACK, port=port, user=ROLE, dbname="postgres", connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="module")
def pgbouncer(postgres_server: PostgresServer) -> Iterator[PgBouncer]:
    """In transaction mode."""
    postgres_server.start()
    bouncer = start_pgbouncer(postgres_server, mode="transaction")
    yield bouncer
    bouncer.service.discard()


@pytest.fixture
def pgbouncer_url(pgbouncer: PgBouncer, migrated_postgres_url: str) -> str:
    """A migrated, empty database of this test's own, by way of PgBouncer."""
    return pgbouncer.url(migrated_postgres_url)
