"""PostgreSQL, with a database of its own for every test."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.services.process import LOOPBACK, Service, children_of, free_port, private_folder

ROLE = "bridge"
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")


def binary(name: str) -> Path:
    """Debian keeps the server outside PATH, one folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    on_path = shutil.which(name)
    if not found and not on_path:
        message = f"PostgreSQL's {name} is missing: `make test` installs it, or says how to"
        raise FileNotFoundError(message)
    return found[-1] if found else Path(str(on_path))


@dataclass(kw_only=True)
class PostgresServer:
    """One server for the whole run. `url` names a database by SQLAlchemy's rules."""

    service: Service
    port: int
    _templates: set[str] = field(default_factory=set, init=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ROLE}@{LOOPBACK}:{self.port}/{database}"

    def fresh(self, *, template: str | None = None, prepare: Callable[[str], None] | None = None) -> str:
        """A new database's URL. With a template, `prepare(url)` fills that once; copies of it are cheap."""
        if template and template not in self._templates:
            self._execute(f'CREATE DATABASE "{template}"')
            if prepare:
                prepare(self.url(template))
            self._templates.add(template)
        database = f"test_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{database}" TEMPLATE "{template or "template0"}"')
        return self.url(database)

    def drop(self, url: str) -> None:
        """Remove a database although somebody may still be connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def start(self) -> None:
        self.service.start()

    def stop(self) -> None:
        """Away at once, as for an outage; the data stay."""
        self.service.stop()

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Its kernel accepts and acknowledges, and nothing answers. Goes on after the block."""
        stopped = [self.service.pid]
        os.kill(stopped[0], signal.SIGSTOP)  # first: it would make new ones of those that follow
        stopped += children_of(stopped[0])
        for pid in stopped[1:]:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(stopped):
                os.kill(pid, signal.SIGCONT)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(
            host=LOOPBACK, port=self.port, user=ROLE, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


def start_postgres(*more: str, within: Path | None = None) -> PostgresServer:
    """A new server. `more`: settings, of which the last counts; `within`: the folder that its own is made in."""
    owner = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root.
    folder = private_folder("postgres", owner=owner, within=within)
    data = folder / "data"
    subprocess.run(
        [
            binary("initdb"),
            "-D",
            data,
            "-U",
            ROLE,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
    )
    port = free_port()
    settings = (*UNSAFE_BUT_FAST, f"listen_addresses={LOOPBACK}", "unix_socket_directories=", *more)
    server = PostgresServer(
        port=port,
        service=Service(
            name="postgres",
            command=[
                binary("postgres"), "-D", data, "-p", str(port),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            folder=folder,
            ready=lambda: _accepts(port),
            run_as=owner,
            stop_signal=signal.SIGINT,  # "Fast": sessions are cut off, as an outage would.
        ),
    )  # fmt: skip
    server.start()
    return server


def _accepts(port: int) -> bool:
    try:
        psycopg.connect(host=LOOPBACK, port=port, user=ROLE, dbname="postgres", connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server of this run; tests that stop it leave the start to the next one's `postgres_url`."""
    server = start_postgres()
    yield server
    server.service.discard()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database of this test's own, as a SQLAlchemy URL."""
    postgres_server.start()
    url = postgres_server.fresh()
    yield url
    postgres_server.start()
    postgres_server.drop(url)
