"""What a login costs: CPU of the bridge's whole process tree, logins a second, session checks a second.

    .venv/bin/python -m tests.bench.login [--logins 400] [--users 16] [--delay 0.2] [--database-url URL]

Starts the real server and a provider of its own on loopback. Every login is asserted; nothing here is a test.
"""

import argparse
import base64
import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

PORT = 8899
TICKS = os.sysconf("SC_CLK_TCK")
APPLY = """
[[tenants]]
slug = "acme"
name = "Acme"
policy = "sso_optional"
[[tenants.connections]]
name = "main"
issuer = "{issuer}"
client_id = "bridge"
client_secret = "the secret of the benchmark"
[[tenants.accounts]]
username = "agent"
email = "agent@acme.example"
"""


class Browser:
    """One person: kept connections, cookies, no redirects followed by themselves."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.hosts: dict[str, http.client.HTTPConnection] = {}

    def get(self, url: str) -> tuple[int, str]:
        parts = urlsplit(url)
        host = self.hosts.setdefault(parts.netloc, http.client.HTTPConnection(parts.netloc, timeout=30))
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        host.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": cookies} if cookies else {})
        answer = host.getresponse()
        answer.read()
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = header.partition("=")
            self.cookies[name] = rest.split(";", 1)[0]
        return answer.status, answer.headers.get("Location", "")

    def login(self) -> None:
        self.cookies.clear()
        status, location = self.get(f"http://localhost:{PORT}/t/acme/oauth/login")
        assert status == 302, status
        status, location = self.get(location)
        assert status == 302, status
        status, location = self.get(location)
        assert status == 303, status
        assert self.cookies["sso_session"]


def cpu_ms(pid: int) -> float:
    """Of a process and its children, so far."""
    total = 0.0
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = task.read_text().rsplit(") ", 1)[1].split()
        except OSError:
            continue
        if int(task.parent.name) == pid or int(fields[1]) == pid:
            total += (int(fields[11]) + int(fields[12])) / TICKS * 1000
    return total


@contextmanager
def running(options: argparse.Namespace) -> Iterator[int]:
    """The provider and the bridge; yields the bridge's process id."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "SSO_BRIDGE_ENV": "development",
            "SSO_BRIDGE_BASE_URL": f"http://localhost:{PORT}",
            "SSO_BRIDGE_INSTANCE_DIR": folder,
            "SSO_BRIDGE_DATABASE_URL": options.database_url,
            "SSO_BRIDGE_REDIS_URL": options.redis_url,
            "SSO_BRIDGE_SECRET_KEYS": base64.b64encode(b"b" * 32).decode(),
        }
        command = [sys.executable, "-m", "tests.bench.provider", str(options.delay)]
        provider = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert provider.stdout is not None
        file = Path(folder) / "bench.toml"
        file.write_text(APPLY.format(issuer=provider.stdout.readline().strip()))
        bridge = str(Path(sys.executable).parent / "sso-bridge")
        for step in (["db", "upgrade"], ["apply", str(file)]):
            subprocess.run([bridge, *step], env=environment, check=True, capture_output=True)
        quiet = subprocess.DEVNULL
        serve = [bridge, "serve", "--port", str(PORT)]
        server = subprocess.Popen(serve, env=environment, stdout=quiet, stderr=quiet)
        try:
            _wait()
            yield server.pid
        finally:
            server.terminate()
            provider.terminate()
            server.wait()
            provider.wait()


def _wait() -> None:
    for _ in range(100):
        try:
            if Browser().get(f"http://localhost:{PORT}/healthz")[0] == http.client.OK:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the bridge did not start")


def measure(name: str, pid: int, users: int, times: int, action: str) -> None:
    """Run `action` of `users` browsers `times` times in all, and print what it took."""
    browsers = [Browser() for _ in range(users)]
    with ThreadPoolExecutor(users) as pool:
        list(pool.map(Browser.login, browsers))
    before, began = cpu_ms(pid), time.perf_counter()

    def run(browser: Browser) -> None:
        for _ in range(times // users):
            if action == "login":
                browser.login()
            else:
                assert browser.get(f"http://localhost:{PORT}/forward-auth")[0] == http.client.OK

    with ThreadPoolExecutor(users) as pool:
        list(pool.map(run, browsers))
    took, done = time.perf_counter() - began, times // users * users
    print(f"{name:15} {(cpu_ms(pid) - before) / done:7.2f} ms CPU each {done / took:8.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--logins", type=int, default=400)
    parser.add_argument("--users", type=int, default=16)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--redis-url", default="")
    options = parser.parse_args()
    with running(options) as pid:
        measure("login", pid, options.users, options.logins, "login")
        measure("session check", pid, options.users, options.logins * 5, "check")


if __name__ == "__main__":
    main()
