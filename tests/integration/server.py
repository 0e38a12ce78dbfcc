"""The production server as a child of the test run: several worker processes over one database."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests
from prometheus_client.mmap_dict import MmapedDict

from tests.builders import World
from tests.contracts.race import AT_ONCE
from tests.fake_idp import FakeProvider
from tests.services.process import LOOPBACK, Service, answers, children_of, free_port

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 120
COMMAND_S = 120
ROUNDS_MOST = 100
KEY = b"k" * 32


def encoded(*keys: bytes) -> str:
    """As SSO_BRIDGE_SECRET_KEYS has them."""
    return ",".join(base64.b64encode(key).decode() for key in keys)


@dataclass(kw_only=True)
class Server:
    """`sso-bridge serve`, and a World of this process over the same database: somebody else's hands."""

    world: World
    folder: Path
    port: int
    service: Service
    environment: dict[str, str]

    @classmethod
    def start(cls, folder: Path, database_url: str, *, workers: int = 2, **more: str) -> "Server":
        port = free_port()
        base_url = f"http://{LOOPBACK}:{port}"
        counts = folder / "counts"
        counts.mkdir()
        environment = {
            "PROMETHEUS_MULTIPROC_DIR": str(counts),
            "SSO_BRIDGE_ENV": "development",
            "SSO_BRIDGE_BASE_URL": base_url,
            "SSO_BRIDGE_DATABASE_URL": database_url,
            "SSO_BRIDGE_INSTANCE_DIR": str(folder),
            "SSO_BRIDGE_SECRET_KEYS": encoded(KEY),
            **more,
        }
        service = Service(
            name="bridge",
            command=[sys.executable, "-m", "app.cli.main", "serve", "--port", str(port), "--workers", str(workers)],
            folder=folder,
            ready=lambda: answers(port),
        )
        world = World.create(folder, database_url=database_url, base_url=base_url, secret_keys=(KEY,))
        server = cls(world=world, folder=folder, port=port, service=service, environment=environment)
        server.up()
        return server

    def up(self, **changed: str) -> None:
        """Start it, with these variables changed for good."""
        self.environment |= changed
        before = dict(os.environ)
        os.environ.update(self._variables())
        try:
            self.service.start()
        finally:
            os.environ.clear()
            os.environ.update(before)

    def restart(self, **changed: str) -> None:
        self.service.stop()
        self.up(**changed)

    def close(self) -> None:
        self.service.stop()
        self.world.close()

    def command(self, *arguments: str) -> str:
        """What `sso-bridge` with these arguments prints, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "app.cli.main", *arguments],
            env={**os.environ, **self._variables()},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(
        self, path: str, *, cookies: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """By a connection of its own, so that any worker may take it. Nothing is followed."""
        return requests.get(
            f"http://{LOOPBACK}:{self.port}{path}",
            cookies=dict(cookies or {}),
            headers={"Connection": "close", **(headers or {})},
            allow_redirects=False,
            timeout=TIMEOUT_S,
        )

    def everywhere(self, ask: Callable[[], int]) -> set[int]:
        """What `ask` returns, asked side by side and again until every worker has answered at least once."""
        found: set[int] = set()
        before = self._answered()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for _ in range(ROUNDS_MOST):
                found |= {one.result() for one in [threads.submit(ask) for _ in range(AT_ONCE)]}
                if all(count > before[pid] for pid, count in self._answered().items()):
                    return found
        raise AssertionError("one of the workers never answers")

    def _answered(self) -> dict[int, float]:
        """How many requests each worker has answered."""
        counts = {}
        for pid in self.workers():
            file = self.folder / "counts" / f"histogram_{pid}.db"
            counts[pid] = _requests_in(file) if file.exists() else 0.0
        return counts

    def workers(self) -> list[int]:
        """Process ids, of which the server's own is none."""
        return [pid for pid in children_of(self.service.pid) if "spawn_main" in _command_line(pid)]

    def log(self) -> str:
        return (self.folder / "bridge.log").read_text()

    def _variables(self) -> dict[str, str]:
        return {"PYTHONPATH": str(ROOT), **self.environment}


@dataclass
class Visitor:
    """A browser at the server."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> requests.Response:
        return self._kept(self.server.get(path, cookies=self.cookies, headers=self.headers))

    def post(
        self, path: str, fields: Mapping[str, str | bytes], *, files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> requests.Response:
        """`files` are name and content of each by its field."""
        url = f"http://{LOOPBACK}:{self.server.port}{path}"
        return self._kept(
            requests.post(
                url,
                data=dict(fields),
                files=files,
                cookies=self.cookies,
                headers={"Connection": "close", **self.headers},
                allow_redirects=False,
                timeout=TIMEOUT_S,
            )
        )

    def callback(self, idp: FakeProvider, tenant: str) -> str:
        """Out to the provider, and the address that it sends the browser back to."""
        out = self.get(f"/t/{tenant}/oauth/login")
        assert out.status_code == 302, out.text
        back = urlsplit(idp.authorize(out.headers["Location"]).callback_url)
        return f"{back.path}?{back.query}"

    def sign_in(self, idp: FakeProvider, tenant: str) -> requests.Response:
        return self.get(self.callback(idp, tenant))

    def password_login(self, tenant: str, username: str, password: str) -> requests.Response:
        path = f"/t/{tenant}/login"
        return self.post(path, {"username": username, "password": password, "csrf_token": self.csrf_token(path)})

    def csrf_token(self, path: str) -> str:
        """Of the form there; empty where there is none."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        return found[1] if found else ""

    def session(self) -> set[int]:
        """What `/session` answers on all workers."""
        return self.server.everywhere(lambda: self.server.get("/session", cookies=self.cookies).status_code)

    def _kept(self, answer: requests.Response) -> requests.Response:
        for cookie in answer.cookies:
            self.cookies[cookie.name] = cookie.value or ""
        return answer


def _requests_in(file: Path) -> float:
    values = MmapedDict.read_all_values_from_file(file)  # type: ignore[no-untyped-call]  # the library's gap
    return float(sum(value for key, value, *_ in values if "request_seconds_bucket" in key))


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def memory_bytes(pid: int) -> tuple[int, int]:
    """Resident now, and at its highest."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = [re.search(rf"{name}:\s+(\d+) kB", status) for name in ("VmRSS", "VmHWM")]
    now, most = [int(one[1]) * 1024 if one else 0 for one in found]
    return now, most
