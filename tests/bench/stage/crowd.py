"""A bridge with 10,000 tenants and 1,000,000 accounts, each of whom has signed in before.

Made once, and kept under the environment's folder. `apply` makes the tenants, with one account each; a login at one of
them leaves a row in every table that logins write to; SQL multiplies these rows, column by column, so that a million
look as the repositories write them. Old sessions, traces and consumed attempts stand beside them, a million of each.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psycopg

from app.adapters.sql.unit_of_work import SqlDatabase
from tests.bench.stage.browser import Browser
from tests.bench.stage.crowd_rows import PEOPLE_EACH, Rows, multiply, on_postgres, on_sqlite
from tests.bench.stage.servers import (
    POSTGRES,
    SECRET,
    Running,
    Stores,
    bridge,
    command,
    environment_of,
    pin,
    stub_provider,
)
from tests.bench.stage.visits import SsoLogin
from tests.services.postgres import ROLE, PostgresServer, start_postgres

TENANTS = 10_000
FIRST = "first"
"""The slug of the tenant whose rows are multiplied."""
PORT = 18_462
"""Of the provider: its address is in a million rows."""
ROOT = Path(__file__).parents[3]
CACHE = Path(sys.prefix) / "bench"
DATABASE = "crowd"
SQLITE = "sso-bridge.sqlite3"
TENANT = """
[[tenants]]
slug = "{slug}"
policy = "sso_optional"
[[tenants.connections]]
name = "main"
issuer = "http://127.0.0.1:{port}"
client_id = "bridge.{slug}.example"
client_secret = "{secret}"
signing_algs = ["ES256"]
[[tenants.accounts]]
username = "agent0"
email = "agent0@{slug}.example"
"""


@contextmanager
def crowd(store: str) -> Iterator[Running]:
    """On sqlite or postgres."""
    with stub_provider(port=PORT), ExitStack() as stack:
        found, folder = stack.enter_context(_on_postgres() if store == "postgres" else _on_sqlite())
        yield stack.enter_context(bridge(found, settings={"instance_dir": folder} if folder else {}))


@contextmanager
def _on_postgres() -> Iterator[tuple[Stores, str]]:
    postgres = start_postgres(*POSTGRES)
    data, kept = postgres.service.folder / "data", _kept("postgres")
    try:
        if not kept.exists():
            with psycopg.connect(_address(postgres, "postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0")
            _make(Stores(postgres.url(DATABASE)), lambda: on_postgres(_address(postgres, DATABASE)))
            postgres.stop()
            _keep(data, kept)
        else:
            postgres.stop()
            shutil.rmtree(data)
            _copy(kept, data)
        postgres.start()
        pin(postgres.service.pid)
        yield Stores(postgres.url(DATABASE), pids=(postgres.service.pid,)), ""
    finally:
        postgres.service.discard()


@contextmanager
def _on_sqlite() -> Iterator[tuple[Stores, str]]:
    kept = _kept("sqlite")
    with tempfile.TemporaryDirectory(prefix="sso-bridge-bench-") as folder:
        instance = Path(folder) / "instance"
        if not kept.exists():
            instance.mkdir()
            _make(Stores(), lambda: on_sqlite(instance / SQLITE), instance)
            _keep(instance, kept)
        else:
            _copy(kept, instance)
        yield Stores(), str(instance)


def _make(found: Stores, rows: Callable[[], AbstractContextManager[Rows]], instance: Path | None = None) -> None:
    """Empty stores become full ones. `rows` opens them for SQL."""
    began = time.perf_counter()
    print(f"making {TENANTS:,} tenants of {PEOPLE_EACH} accounts, once …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="sso-bridge-bench-") as folder:
        file = Path(folder) / "crowd.toml"
        with file.open("w") as out:
            for slug in (FIRST, *(f"t{number}" for number in range(TENANTS))):
                out.write(TENANT.format(slug=slug, port=PORT, secret=SECRET))
        environment = environment_of(found, str(instance or folder), base_url="http://localhost")
        command(environment, "db", "upgrade")
        command(environment, "apply", str(file))
    with bridge(found, settings={"instance_dir": str(instance)} if instance else {}) as running:
        SsoLogin(running.base_url, f"/t/{FIRST}/oauth/login")(Browser())
    _tested(found.database_url or f"sqlite:///{instance}/{SQLITE}")
    with rows() as opened:
        multiply(opened, first=FIRST, tenants=TENANTS)
    print(f"made in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def _tested(database_url: str) -> None:
    """Each connection has been signed in through, with its present settings: only the first such login notes it."""
    database, at = SqlDatabase(database_url), time.time()
    with database.write() as work:
        for connections in work.connections.of_tenants([tenant.id for tenant in work.tenants.all()]).values():
            for connection in connections:
                work.connections.mark_tested(connection, at=at)
    database.close()


def _kept(store: str) -> Path:
    """Where it is, or will be: another one for each change of what makes it. Older ones are removed."""
    sources = [*sorted((ROOT / "app/adapters/sql").rglob("*.py")), *sorted(Path(__file__).parent.glob("crowd*.py"))]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    for older in CACHE.glob(f"crowd-{store}-*"):
        if older.name != f"crowd-{store}-{key}":
            shutil.rmtree(older)
    return CACHE / f"crowd-{store}-{key}"


def _keep(data: Path, kept: Path) -> None:
    """Whole, or not at all."""
    CACHE.mkdir(exist_ok=True)
    beginning = kept.with_name(f"new-{kept.name}")
    shutil.rmtree(beginning, ignore_errors=True)
    _copy(data, beginning)
    beginning.rename(kept)


def _copy(source: Path, target: Path) -> None:
    """With owners, which PostgreSQL insists on; without copying, where the file system can share blocks.

    All of it is on the disk then: or the first commit that waits for the disk would wait for gigabytes.
    """
    subprocess.run(["/usr/bin/cp", "--archive", "--reflink=auto", source, target], check=True)
    subprocess.run(["/usr/bin/sync", "--file-system", target], check=True)


def _address(postgres: PostgresServer, database: str) -> str:
    return f"host=127.0.0.1 port={postgres.port} user={ROLE} dbname={database}"
