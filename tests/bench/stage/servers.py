"""The bridge and its yardstick as processes with a core of their own; the provider and the stores on the other one."""

import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import psycopg

from tests.bench.stage.browser import OK, Browser
from tests.bench.stage.machine import BRIDGE_CORE, OTHER_CORE
from tests.services.postgres import start_postgres
from tests.services.process import free_port
from tests.services.redis import start_redis

BIN = Path(sys.executable).parent
STARTED_WITHIN_S = 60
SECRET = "the secret of the benchmark"
POSTGRES = ("shared_buffers=512MB",)
"""As for a database that is larger than a test's; everywhere the same, so that scenarios can be compared."""


@dataclass(frozen=True, slots=True)
class Stores:
    """What the bridge keeps its data in; `pids` are their processes. Without a database: SQLite in its own folder."""

    database_url: str = ""
    redis_url: str = ""
    pids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A server under measurement. `stores` are the processes whose CPU counts as the stores'."""

    base_url: str
    pid: int
    stores: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def stub_provider(patience: str = "0", *, port: int = 0) -> Iterator[str]:
    """Yields its issuer. `patience`: seconds until the token endpoint answers, or `never`."""
    command = [sys.executable, "-m", "tests.bench.stage.stub_provider", patience, str(port)]
    with process(command, pipes=True) as provider:
        assert provider.stdout is not None
        issuer = provider.stdout.readline().strip()
        if not issuer:
            raise SystemExit(f"No figures: the stub of a provider did not start (is port {port} free?)")
        yield issuer


@contextmanager
def stores(kind: str) -> Iterator[Stores]:
    """Empty ones. `kind`: sqlite, postgres, or postgres+redis."""
    with ExitStack() as stack:
        found = Stores()
        if kind.startswith("postgres"):
            postgres = start_postgres(*POSTGRES)
            stack.callback(postgres.service.discard)
            found = Stores(postgres.fresh(), "", (postgres.service.pid,))
        if kind.endswith("redis"):
            redis = start_redis()
            stack.callback(redis.service.discard)
            found = Stores(found.database_url, redis.url, (*found.pids, redis.service.pid))
        for pid in found.pids:
            pin(pid)
        yield found


@contextmanager
def bridge(
    found: Stores,
    apply: str = "",
    *,
    workers: int = 1,
    cores: str = str(BRIDGE_CORE),
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Running]:
    """The bridge after `apply`, the text of such a file. `settings` are further ones, in lower case."""
    with tempfile.TemporaryDirectory(prefix="sso-bridge-bench-") as folder:
        port = free_port()
        environment = environment_of(found, folder, base_url=f"http://localhost:{port}") | {
            f"SSO_BRIDGE_{name.upper()}": value for name, value in settings.items()
        }
        if apply:
            file = Path(folder) / "bench.toml"
            file.write_text(apply)
            for step in (["db", "upgrade"], ["apply", str(file)]):
                command(environment, *step)
        serve = [str(BIN / "sso-bridge"), "serve", "--port", str(port), "--workers", str(workers)]
        with process(serve, cores=cores, environment=environment) as server:
            base_url = f"http://localhost:{port}"
            _wait(f"{base_url}/healthz")
            yield Running(base_url, server.pid, found.pids, environment)


def environment_of(found: Stores, folder: str, *, base_url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SSO_BRIDGE_ENV": "development",
        "SSO_BRIDGE_BASE_URL": base_url,
        "SSO_BRIDGE_INSTANCE_DIR": folder,
        "SSO_BRIDGE_DATABASE_URL": found.database_url,
        "SSO_BRIDGE_REDIS_URL": found.redis_url,
        "SSO_BRIDGE_SECRET_KEYS": base64.b64encode(b"b" * 32).decode(),
    }


def command(environment: Mapping[str, str], *words: str) -> None:
    """Of the bridge. Raises SystemExit if it fails."""
    done = subprocess.run([BIN / "sso-bridge", *words], env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"No figures: `sso-bridge {words[0]}` failed: {done.stderr.strip()[-500:]}")


def analyze(running: Running) -> None:
    """PostgreSQL knows how large its tables are, as it does by itself once they have been in use for a minute."""
    database_url = running.environment.get("SSO_BRIDGE_DATABASE_URL")
    if database_url:
        with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("ANALYZE")


@contextmanager
def yardstick(issuer: str) -> Iterator[Running]:
    port = free_port()
    serve = [
        str(BIN / "gunicorn"), "--worker-class", "gthread", "--threads", "4", "--keep-alive", "60",
        "--bind", f"127.0.0.1:{port}", "tests.bench.stage.naive:app",
    ]  # fmt: skip
    environment = {**os.environ, "NAIVE_ISSUER": issuer}
    with process(serve, cores=str(BRIDGE_CORE), environment=environment) as server:
        _wait(f"http://localhost:{port}/healthz")
        yield Running(f"http://localhost:{port}", server.pid)


@contextmanager
def process(
    command: Sequence[str],
    *,
    cores: str = str(OTHER_CORE),
    environment: Mapping[str, str] | None = None,
    pipes: bool = False,
) -> Iterator[subprocess.Popen[str]]:
    """On those cores only, written as taskset reads them. Ended with the block."""
    quiet = subprocess.DEVNULL
    started = subprocess.Popen(
        ["/usr/bin/taskset", "--cpu-list", cores, *command],
        env=environment,
        text=True,
        stdin=subprocess.PIPE if pipes else quiet,
        stdout=subprocess.PIPE if pipes else quiet,
        stderr=quiet,
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait()
        for pipe in (started.stdin, started.stdout):
            if pipe:
                pipe.close()


def pin(pid: int) -> None:
    """A store and what it has started; what it starts later inherits this."""
    for task in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            fields = task.read_text().rsplit(") ", 1)[1].split()
            if int(task.parent.name) == pid or int(fields[1]) == pid:
                os.sched_setaffinity(int(task.parent.name), {OTHER_CORE})


def _wait(url: str) -> None:
    until = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < until:
        try:
            if Browser().get(url).status == OK:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"No figures: {url} did not answer")
