"""The bridge and its yardstick as processes with a core of their own; the provider and the stores on the other one."""

import base64
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.stage.browser import OK, Browser
from tests.bench.stage.machine import BRIDGE_CORE, OTHER_CORE
from tests.services.postgres import start_postgres
from tests.services.process import free_port
from tests.services.redis import start_redis

BIN = Path(sys.executable).parent
STARTED_WITHIN_S = 60
SECRET = "the secret of the benchmark"


@dataclass(frozen=True, slots=True)
class Running:
    """A server under measurement. `stores` are the processes whose CPU counts as the stores'."""

    base_url: str
    pid: int
    stores: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def stub_provider(patience: str = "0") -> Iterator[str]:
    """Yields its issuer. `patience`: seconds until the token endpoint answers, or `never`."""
    command = [sys.executable, "-m", "tests.bench.stage.stub_provider", patience]
    with _process(command, core=OTHER_CORE, pipes=True) as provider:
        assert provider.stdout is not None
        yield provider.stdout.readline().strip()


@contextmanager
def bridge(apply: str, *, store: str, workers: int = 1) -> Iterator[Running]:
    """The bridge after `apply`, the text of such a file. `store`: sqlite, postgres, or postgres+redis."""
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="sso-bridge-bench-") as folder:
        database_url, redis_url, stores = "", "", []
        if store.startswith("postgres"):
            postgres = start_postgres()
            stack.callback(postgres.service.discard)
            database_url, stores = postgres.fresh(), [postgres.service.pid]
        if store.endswith("redis"):
            redis = start_redis()
            stack.callback(redis.service.discard)
            redis_url, stores = redis.url, [*stores, redis.service.pid]
        for pid in stores:
            _pin(pid)
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "SSO_BRIDGE_ENV": "development",
            "SSO_BRIDGE_BASE_URL": f"http://localhost:{port}",
            "SSO_BRIDGE_INSTANCE_DIR": folder,
            "SSO_BRIDGE_DATABASE_URL": database_url,
            "SSO_BRIDGE_REDIS_URL": redis_url,
            "SSO_BRIDGE_SECRET_KEYS": base64.b64encode(b"b" * 32).decode(),
        }
        file = Path(folder) / "bench.toml"
        file.write_text(apply)
        for step in (["db", "upgrade"], ["apply", str(file)]):
            subprocess.run([BIN / "sso-bridge", *step], env=environment, check=True, capture_output=True)
        command = [str(BIN / "sso-bridge"), "serve", "--port", str(port), "--workers", str(workers)]
        with _process(command, core=BRIDGE_CORE, environment=environment) as server:
            base_url = f"http://localhost:{port}"
            _wait(f"{base_url}/healthz")
            yield Running(base_url, server.pid, tuple(stores), environment)


@contextmanager
def yardstick(issuer: str) -> Iterator[Running]:
    port = free_port()
    command = [
        str(BIN / "gunicorn"), "--worker-class", "gthread", "--threads", "4", "--keep-alive", "60",
        "--bind", f"127.0.0.1:{port}", "tests.bench.stage.naive:app",
    ]  # fmt: skip
    with _process(command, core=BRIDGE_CORE, environment={**os.environ, "NAIVE_ISSUER": issuer}) as server:
        _wait(f"http://localhost:{port}/healthz")
        yield Running(f"http://localhost:{port}", server.pid)


@contextmanager
def _process(
    command: Sequence[str], *, core: int, environment: Mapping[str, str] | None = None, pipes: bool = False
) -> Iterator[subprocess.Popen[str]]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        ["/usr/bin/taskset", "--cpu-list", str(core), *command],
        env=environment,
        text=True,
        stdin=subprocess.PIPE if pipes else quiet,
        stdout=subprocess.PIPE if pipes else quiet,
        stderr=quiet,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _pin(pid: int) -> None:
    """A store and what it has started; what it starts later inherits this."""
    for task in Path("/proc").glob("[0-9]*/stat"):
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
